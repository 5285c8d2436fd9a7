"""Special tokens that a tokenizer has without any file saying so: the defaults of its class in transformers."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES: Final = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")

# Roles in the order of ROLES, "-" for none; then the classes that share them.
_TABLE: Final = (
    ("- - [UNK] [SEP] [PAD] [CLS] [MASK]", "Bert DistilBert Electra MobileBert LayoutLM LayoutLMv2 Lxmert RoFormer ConvBert SqueezeBert"),
    ("<s> </s> <unk> </s> <pad> <s> <mask>", "Roberta Bart XLMRoberta Camembert Longformer LED MBart Nllb Barthez Blenderbot Mvp LayoutLMv3"),
    ("<s> </s> [UNK] </s> <pad> <s> <mask>", "MPNet"),
    ("[CLS] [SEP] [UNK] [SEP] [PAD] [CLS] [MASK]", "Deberta DebertaV2"),
    ("[CLS] [SEP] <unk> [SEP] <pad> [CLS] [MASK]", "Albert RemBert FNet"),
    ("<s> </s> <unk> - - - -", "Llama CodeLlama"),
    ("- </s> <unk> - <pad> - -", "T5 ByT5"),
    ("<|endoftext|> <|endoftext|> <|endoftext|> - - - -", "GPT2 Whisper CodeGen"),
    ("- <|endoftext|> <|endoftext|> - <|endoftext|> - -", "Qwen2"),
    ("<|startoftext|> <|endoftext|> <|endoftext|> - <|endoftext|> - -", "CLIP"),
    ("<s> </s> <unk> - <pad> - -", "Bloom"),
    ("- - - - - - -", "PreTrained TokenizersBackend"),
)  # fmt: skip

# Two versions of transformers disagree about these, so a file that is silent about them says nothing.
_UNSETTLED: Final = frozenset(
    {("GPTNeoX", "pad_token"), ("Gemma", "mask_token"), ("Llama", "pad_token"), ("CodeLlama", "pad_token")}
)


def _build() -> Mapping[str, Mapping[str, str | None]]:
    table = {}
    for tokens, names in _TABLE:
        roles = {role: None if token == "-" else token for role, token in zip(ROLES, tokens.split(), strict=True)}  # noqa: S105 -- the mark for none
        for name in names.split():
            table[name] = MappingProxyType({k: v for k, v in roles.items() if (name, k) not in _UNSETTLED})
    return MappingProxyType(table)


DEFAULTS: Final = _build()


def implied(tokenizer_class: str) -> Mapping[str, str | None]:
    """Return the tokens that a class has by default, by role, ``None`` for a role it leaves empty.

    A role that is absent from the answer is not known. ``LlamaTokenizerFast`` and ``LlamaTokenizer`` are the same.
    """
    family = tokenizer_class.removesuffix("Fast").removesuffix("Tokenizer")
    return DEFAULTS.get(family, MappingProxyType({}))
