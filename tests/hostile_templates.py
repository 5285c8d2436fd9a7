"""Chat templates that try to get out, to stay in forever, or to use everything up. ``MARKER`` is a path to write."""

from __future__ import annotations

from types import MappingProxyType

_EVAL = '__import__("os").system("touch MARKER")'

HOSTILE = MappingProxyType(
    {
        "subclasses": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "globals of a filter": "{{ self.__init__.__globals__.__builtins__['__import__']('os').popen('touch MARKER').read() }}",
        "cycler": "{{ cycler.__init__.__globals__.os.popen('touch MARKER').read() }}",
        "attr filter": "{{ ()|attr('__class__')|attr('__base__')|attr('__subclasses__')() }}",
        "attr by map": "{{ (['']|map(attribute='__class__')|list)[0]('x').mro() }}",
        "joiner": f"{{{{ joiner.__init__.__globals__['__builtins__'].eval('{_EVAL}') }}}}".replace('\\"', '"'),
        "format of an object": "{{ '{0.__class__.__init__.__globals__}'.format(namespace) }}",
        "format by map": "{{ '{0.__class__}'.format_map({'0': messages}) }}{{ raise_exception('over') }}",
        "format through a filter": "{% set f = ['{0.__class__.__mro__}']|map('attr', 'format')|first %}{{ f(1) }}{{ nothing.x.y }}",
        "namespace": "{% set n = namespace() %}{% set n.__class__ = 1 %}{{ n.__init__.__globals__ }}",
        "raise_exception": "{{ raise_exception.__globals__['sys'].exit(0) }}",
        "strftime": "{{ strftime_now.__self__.__class__.__subclasses__()[0] }}",
        "dict": "{{ dict.__call__.__globals__ }}",
        "include": "{% include '/etc/passwd' %}",
        "import": "{% import 'os' as os %}{{ os.system('touch MARKER') }}",
        "extends": "{% extends '../../secret' %}",
        "change of the messages": "{{ messages.append(1) }}{{ messages.clear() }}{{ tools.update({}) }}",
        "nested loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "recursion of a macro": "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "recursion of a loop": "{% for a in [[1]] recursive %}{{ loop([[1]]) }}{{ loop([[1]]) }}{% endfor %}",
        "a wide format": "{{ '%999999999d'|format(1) }}",
        "a wide percent": "{{ '%999999999d' % 1 }}",
        "a wide centre": "{{ 'x'|center(999999999) }}",
        "a long string": "{{ 'x' * 999999999999 }}",
        "a long list": "{{ ([0] * 999999999)|length }}",
        "doubling": "{% set n = namespace(x='x') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x|length }}",
        "a great power": "{{ 9 ** (9 ** 9) }}",
        "a great power as text": "{{ (7 ** (7 ** 8))|string|length }}",
        "a great range": "{{ range(999999999)|list|length }}",
        "output without end": "{% for a in range(99999) %}{% for b in range(99) %}{{ messages }}{% endfor %}{% endfor %}",
        "a great paragraph": "{{ lipsum(n=99999, min=9999, max=99999) }}",
        "a slow sort": "{% for a in range(99999) %}{% set x = range(99999)|list|sort(reverse=true) %}{% endfor %}",
        "deep nesting": "{% if true %}" * 2000 + "x" + "{% endif %}" * 2000,
        "deep brackets": "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "many blanks": "{{ 'a'|replace('', 'x' * 99999)|replace('x', 'y' * 99999) }}",
        "no end": "{% for a in range(3) %}",
        "harmless text": "\x1b]0;title\x07\u202e",
    }
)
