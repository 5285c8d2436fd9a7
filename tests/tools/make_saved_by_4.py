"""Write small whole releases as transformers 4 saves them: the weights of a few thousand numbers, and every file beside them.

Usage: ``python tests/tools/make_saved_by_4.py FOLDER [FAMILY...]`` writes one release a family into ``FOLDER/VERSION/FAMILY``.
``tests/e2e/saved_by_4`` was written by it, in an environment of its own for each version::

    pip install transformers==4.57.3 torch==2.13.0 sentencepiece protobuf pillow
    python tests/tools/make_saved_by_4.py tests/e2e/saved_by_4
    pip install transformers==4.46.3
    python tests/tools/make_saved_by_4.py tests/e2e/saved_by_4 llama mixtral t5 llava qwen2_vl

Nothing of a published model is in them: vocabularies are trained on a few sentences, weights are random, templates are new.
The tokenizers library numbers word pieces otherwise each time; all the rest comes out the same.
"""

# ruff: noqa: S105, S106 -- a token here is a word of a vocabulary
from __future__ import annotations

import importlib
import json
import logging
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sentencepiece
import tokenizers
import torch

if TYPE_CHECKING:
    from collections.abc import Mapping

# Version 5 may be installed where types are checked, and names other classes.
transformers: Any = importlib.import_module("transformers")

SENTENCES = [
    "a release must be believed, and a version is a promise that somebody keeps",
    "whoever pins a number gets what was tested, and nothing else",
    "Weights, words and pictures: a network is more than its weights.",
    "There are 12 layers, 3.5 epochs and 2048 positions; some say 'more', others don't.",
    "Die Version ist ein Versprechen, le numéro est une promesse, la versión es una promesa",
    "def release(version):\n    return version + 1\n",
]
# What the normaliser of a unigram model rewrites; the table of the default rules has a quarter of a megabyte.
RULES = "FB01\t66 69\nFF21\t41\n2026\t2E 2E 2E\n"

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
INSTRUCT = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %} {{ message['content'] }}{{ eos_token }}"
    "{% elif message['role'] == 'user' %}[INST] {{ message['content'] }} [/INST]"
    "{% else %}{{ raise_exception('only user and assistant speak here') }}{% endif %}{% endfor %}"
)
TURNS = (
    "{{ bos_token }}{% for message in messages %}<start_of_turn>"
    "{{ 'model' if message['role'] == 'assistant' else message['role'] }}\n{{ message['content'] | trim }}<end_of_turn>\n"
    "{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
SIDES = (
    "{% for message in messages %}<|{{ message['role'] }}|>\n{{ message['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
PICTURES = (
    "{% for message in messages %}{{ message['role'] | upper }}: {% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }}{% endif %}{% endfor %} {% endfor %}"
    "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)


def sentences(folder: Path) -> Path:
    """Write the sentences that vocabularies are trained on."""
    path = folder / "sentences.txt"
    path.write_text("\n".join(SENTENCES * 20), "utf-8")
    return path


def pieces(folder: Path, kind: str, size: int, **options: Any) -> str:
    """Train a SentencePiece model and return its path."""
    rules = folder / "rules.tsv"
    rules.write_text(RULES, "utf-8")
    normaliser: dict[str, Any] = {"normalization_rule_name": "identity"}
    if kind == "unigram":
        normaliser = {"normalization_rule_tsv": str(rules)}
    sentencepiece.SentencePieceTrainer.train(
        input=str(sentences(folder)), model_prefix=str(folder / "spiece"), model_type=kind, vocab_size=size,
        hard_vocab_limit=False, minloglevel=2, num_threads=1, **normaliser, **options,
    )  # fmt: skip
    return str(folder / "spiece.model")


def bytes_of(folder: Path, size: int = 300, *specials: str) -> dict[str, str]:
    """Train a byte-level BPE and return the paths of its two files."""
    made = tokenizers.ByteLevelBPETokenizer()
    made.train(
        [str(sentences(folder))], vocab_size=size, min_frequency=2, special_tokens=list(specials), show_progress=False
    )
    made.save_model(str(folder))
    return {"vocab_file": str(folder / "vocab.json"), "merges_file": str(folder / "merges.txt")}


def whole(model: Any, trainer: Any, before: Any, after: Any = None) -> Any:
    """Train a tokenizer that has no class of its own."""
    made = tokenizers.Tokenizer(model)
    made.pre_tokenizer, made.decoder = before, after
    made.train_from_iterator(SENTENCES * 20, trainer)
    return made


def llama(folder: Path, *added: str, **options: Any) -> Any:
    """Make a tokenizer as the second generation of Llama has it."""
    path = pieces(folder, "bpe", 330, byte_fallback=True, split_digits=True, add_dummy_prefix=True)
    words = transformers.LlamaTokenizerFast(vocab_file=path, **{"legacy": False, "add_prefix_space": True, **options})
    words.add_special_tokens({"additional_special_tokens": list(added)} if added else {})
    return words


def llama_of_bytes(folder: Path) -> Any:
    """Make a tokenizer as the third generation of Llama has it: bytes, without a class of its own."""
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    split = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.Split(
                tokenizers.Regex(r" ?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"), "isolated"
            ),
            tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made = whole(tokenizers.models.BPE(ignore_merges=True), trainer, split, tokenizers.decoders.ByteLevel())
    made.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|im_start|>", "<|im_end|>"])
    made.post_processor = tokenizers.processors.Sequence(
        [
            tokenizers.processors.ByteLevel(trim_offsets=False),
            tokenizers.processors.TemplateProcessing(
                single="<|begin_of_text|> $A",
                pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
                special_tokens=[("<|begin_of_text|>", made.token_to_id("<|begin_of_text|>"))],
            ),
        ]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<|begin_of_text|>", eos_token="<|end_of_text|>", clean_up_tokenization_spaces=True,
        model_input_names=["input_ids", "attention_mask"], model_max_length=64,
    )  # fmt: skip


def gemma(folder: Path) -> Any:
    """Make a tokenizer as Gemma has it: no mark in front of the first word, and turns among the tokens."""
    turns = ["<start_of_turn>", "<end_of_turn>"]
    path = pieces(
        folder, "bpe", 330, byte_fallback=True, split_digits=True, add_dummy_prefix=False, remove_extra_whitespaces=False,
        pad_id=0, eos_id=1, bos_id=2, unk_id=3, pad_piece="<pad>", eos_piece="<eos>", bos_piece="<bos>",
        user_defined_symbols=["<mask>", *turns],
    )  # fmt: skip
    return transformers.GemmaTokenizerFast(vocab_file=path, additional_special_tokens=turns)


def qwen(folder: Path) -> Any:
    """Make a tokenizer as Qwen has it."""
    words = transformers.Qwen2TokenizerFast(**bytes_of(folder), model_max_length=64)
    words.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    words.add_tokens([tokenizers.AddedToken("<tool_call>", special=False, normalized=False)])
    words.eos_token = "<|im_end|>"
    return words


def gpt2(folder: Path, **options: Any) -> Any:
    return transformers.GPT2TokenizerFast(**bytes_of(folder, 301, "<|endoftext|>"), **options)


def opt(folder: Path) -> Any:
    """Make a tokenizer as OPT has it: that of GPT-2, slow, with a token in front."""
    files = bytes_of(folder, 304, "<s>", "<pad>", "</s>", "<unk>")
    roles = {"bos_token": "</s>", "eos_token": "</s>", "unk_token": "</s>", "pad_token": "<pad>"}
    return transformers.GPT2Tokenizer(**files, **roles, add_bos_token=True)


def neox(folder: Path) -> Any:
    """Make a tokenizer of bytes whose class has no slow twin."""
    made = tokenizers.Tokenizer(
        tokenizers.models.BPE.from_file(*bytes_of(folder, 302, "<|endoftext|>", "<|padding|>").values())
    )
    made.normalizer = tokenizers.normalizers.NFC()
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    return transformers.GPTNeoXTokenizerFast(tokenizer_object=made, pad_token="<|padding|>")


def smollm(folder: Path) -> Any:
    words = llama_of_bytes(folder)
    words.eos_token, words.pad_token = "<|im_end|>", "<|im_end|>"
    return words


def bert(folder: Path, kind: str = "Bert") -> Any:
    """Make a tokenizer of word pieces."""
    made = tokenizers.BertWordPieceTokenizer(lowercase=True)
    made.train([str(sentences(folder))], vocab_size=200, min_frequency=1, show_progress=False)
    made.save_model(str(folder))
    return getattr(transformers, f"{kind}TokenizerFast")(vocab_file=str(folder / "vocab.txt"), model_max_length=64)


def roberta(folder: Path, kind: str = "Roberta") -> Any:
    files = bytes_of(folder, 305, "<s>", "<pad>", "</s>", "<unk>", "<mask>")
    return getattr(transformers, f"{kind}TokenizerFast")(**files, model_max_length=64)


def albert(folder: Path) -> Any:
    path = pieces(
        folder, "unigram", 120, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>",
        control_symbols=["[CLS]", "[SEP]"], user_defined_symbols=["[MASK]"],
    )  # fmt: skip
    return transformers.AlbertTokenizerFast(vocab_file=path, model_max_length=64)


def xlm_roberta(folder: Path) -> Any:
    return transformers.XLMRobertaTokenizerFast(vocab_file=pieces(folder, "unigram", 120), model_max_length=64)


def t5(folder: Path) -> Any:
    path = pieces(folder, "unigram", 120, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    return transformers.T5TokenizerFast(vocab_file=path, extra_ids=10, add_prefix_space=True, model_max_length=64)


def clip(folder: Path) -> Any:
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=560, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), end_of_word_suffix="</w>",
        special_tokens=["<|startoftext|>", "<|endoftext|>"], show_progress=False,
    )  # fmt: skip
    model = tokenizers.models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>")
    made = whole(model, trainer, tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False))
    vocab, merges = made.model.save(str(folder))
    return transformers.CLIPTokenizerFast(vocab_file=vocab, merges_file=merges, model_max_length=16)


def whisper(folder: Path) -> Any:
    words = transformers.WhisperTokenizerFast(**bytes_of(folder, 301, "<|endoftext|>"))
    languages = ["<|startoftranscript|>", "<|en|>", "<|de|>", "<|translate|>", "<|transcribe|>", "<|notimestamps|>"]
    words.add_special_tokens({"additional_special_tokens": languages})
    words.pad_token = "<|endoftext|>"
    words.set_prefix_tokens(predict_timestamps=False)
    hearing = transformers.WhisperFeatureExtractor(feature_size=8, chunk_length=1)
    return transformers.WhisperProcessor(hearing, words)


def wav2vec2(folder: Path) -> Any:
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"ETAONIHSRDLUMWCFGYPBVK'XJQZ"]
    path = folder / "vocab.json"
    path.write_text(json.dumps({letter: index for index, letter in enumerate(letters)}), "utf-8")
    words = transformers.Wav2Vec2CTCTokenizer(str(path), do_lower_case=False)
    hearing = transformers.Wav2Vec2FeatureExtractor(return_attention_mask=True)
    return transformers.Wav2Vec2Processor(hearing, words)


def vit(_folder: Path) -> Any:
    return transformers.ViTImageProcessor(size={"height": 16, "width": 16})


def seeing(words: Any, kind: str, **options: Any) -> Any:
    """Make the processor of a family that sees and reads."""
    eyes = transformers.CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    return getattr(transformers, f"{kind}Processor")(eyes, words, **options)


def llava(folder: Path) -> Any:
    words = llama(folder, "<image>", pad_token="<unk>")
    return seeing(words, "Llava", patch_size=8, vision_feature_select_strategy="default", chat_template=PICTURES)


def qwen_vl(folder: Path) -> tuple[Any, ...]:
    """Make what Qwen2-VL reads and sees with; its own processor wants films too, and they another library."""
    words = qwen(folder)
    marks = ["<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
    words.add_special_tokens({"additional_special_tokens": [*words.additional_special_tokens, *marks]})
    return words, transformers.Qwen2VLImageProcessor(patch_size=4, min_pixels=64, max_pixels=4096)


SMALL = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
    "max_position_embeddings": 64, "head_dim": 8,
}  # fmt: skip
ENCODER = {key: SMALL[key] for key in list(SMALL)[:4]} | {"max_position_embeddings": 66}
SOUND = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
BOTH = {
    "d_model": 16, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "max_position_embeddings": 66,
}  # fmt: skip
EYES = {**SOUND, "image_size": 16, "patch_size": 8}
LABELS = {"id2label": {0: "bug", 1: "question", 2: "wish"}, "label2id": {"bug": 0, "question": 1, "wish": 2}}
CREATIVE = {"do_sample": True, "temperature": 0.7, "top_p": 0.9}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one family is made: its class, its configuration and what turns texts, pictures or sounds into its input."""

    kind: str
    processor: Any
    config: Mapping[str, Any] = field(default_factory=dict)
    template: str | None = None
    generation: Mapping[str, Any] = field(default_factory=dict)
    stored: torch.dtype = torch.bfloat16


def decoder(processor: Any, template: str | None = None, **config: Any) -> Recipe:
    return Recipe(
        kind="AutoModelForCausalLM", processor=processor, config={**SMALL, **config}, template=template,
        generation=CREATIVE if template else {},
    )  # fmt: skip


def classifier(processor: Any, **config: Any) -> Recipe:
    kind = "AutoModelForSequenceClassification"
    return Recipe(kind=kind, processor=processor, config=LABELS | config)


EXPERTS = {
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 16,
    "shared_expert_intermediate_size": 16,
}
RECIPES = {
    "llama": decoder(llama, INSTRUCT),
    "llama3": decoder(
        llama_of_bytes, CHATML, tie_word_embeddings=True, rope_theta=500000.0,
        rope_scaling={"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                      "original_max_position_embeddings": 8},
    ),
    "mistral": decoder(lambda folder: llama(folder, legacy=True, padding_side="left"), INSTRUCT, sliding_window=32),
    "qwen2": decoder(qwen, CHATML),
    "qwen3": decoder(qwen, CHATML),
    "phi3": decoder(lambda folder: llama(folder, "<|user|>", "<|assistant|>", "<|end|>", "<|system|>", pad_token="</s>"), SIDES),
    "gemma": decoder(gemma, TURNS),
    "gemma2": decoder(gemma, TURNS, sliding_window=32, query_pre_attn_scalar=8),
    "granite": decoder(gpt2, CHATML, embedding_multiplier=12.0),
    "olmo2": decoder(neox),
    "starcoder2": decoder(gpt2),
    "smollm3": decoder(smollm, CHATML, no_rope_layers=[1, 0]),
    "gpt_neox": decoder(neox, rotary_pct=0.5),
    "mixtral": decoder(llama, INSTRUCT, num_local_experts=4),
    "qwen2_moe": decoder(qwen, CHATML, **EXPERTS),
    "qwen3_moe": decoder(qwen, CHATML, **EXPERTS),
    "gpt2": Recipe(
        kind="AutoModelForCausalLM", processor=gpt2, config={"n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 64},
        stored=torch.float16,
    ),
    "opt": decoder(opt, ffn_dim=32, word_embed_proj_dim=16),
    "bert": classifier(bert, **ENCODER),
    "distilbert": classifier(
        lambda folder: bert(folder, "DistilBert"), dim=16, n_layers=2, n_heads=4, hidden_dim=32, max_position_embeddings=66
    ),
    "roberta": classifier(roberta, **ENCODER),
    "xlm-roberta": classifier(xlm_roberta, **ENCODER),
    "albert": Recipe(kind="AutoModelForMaskedLM", processor=albert, config={**ENCODER, "embedding_size": 8}),
    "t5": Recipe(
        kind="AutoModelForSeq2SeqLM", processor=t5,
        config={"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 2, "num_heads": 2, "decoder_start_token_id": 0},
        stored=torch.float32,
    ),
    "bart": Recipe(
        kind="AutoModelForSeq2SeqLM", processor=lambda folder: roberta(folder, "Bart"),
        config={**BOTH, "decoder_start_token_id": 2, "forced_eos_token_id": 2},
        generation={"num_beams": 4, "no_repeat_ngram_size": 3, "early_stopping": True, "forced_bos_token_id": 0},
    ),
    "whisper": Recipe(
        kind="AutoModelForSpeechSeq2Seq", processor=whisper,
        config={**BOTH, "num_mel_bins": 8, "max_source_positions": 50, "max_target_positions": 32},
        generation={"suppress_tokens": [1, 2], "begin_suppress_tokens": [220, 300], "is_multilingual": True,
                    "lang_to_id": {"<|en|>": 302, "<|de|>": 303}, "task_to_id": {"translate": 304, "transcribe": 305},
                    "no_timestamps_token_id": 306, "max_initial_timestamp_index": 50, "return_timestamps": False},
        stored=torch.float16,
    ),
    "wav2vec2": Recipe(
        kind="AutoModelForCTC", processor=wav2vec2, stored=torch.float32,
        config={**SOUND, "conv_dim": [8, 8], "conv_stride": [5, 2], "conv_kernel": [10, 3], "num_feat_extract_layers": 2,
                "num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2, "codevector_dim": 8, "proj_codevector_dim": 8},
    ),
    "vit": Recipe(kind="AutoModelForImageClassification", processor=vit, config={**EYES, **LABELS}, stored=torch.float32),
    "clip": Recipe(
        kind="AutoModelForZeroShotImageClassification", processor=lambda folder: seeing(clip(folder), "CLIP"),
        config={"projection_dim": 8, "vision_config": EYES,
                "text_config": {**SOUND, "vocab_size": 600, "max_position_embeddings": 16, "eos_token_id": 1, "bos_token_id": 0}},
    ),
    "llava": Recipe(
        kind="LlavaForConditionalGeneration", processor=llava,
        config={"text_config": {**SMALL, "model_type": "llama", "vocab_size": 344},
                "vision_config": {**EYES, "model_type": "clip_vision_model"}, "image_token_index": 330},
        generation=CREATIVE,
    ),
    "qwen2_vl": Recipe(
        kind="Qwen2VLForConditionalGeneration", processor=qwen_vl,
        config={**SMALL, "rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2]}, "vocab_size": 312,
                "vision_config": {"depth": 2, "embed_dim": 16, "hidden_size": 16, "num_heads": 2, "mlp_ratio": 2, "patch_size": 4},
                "vision_start_token_id": 304, "vision_end_token_id": 305, "image_token_id": 306, "video_token_id": 307},
        generation=CREATIVE,
    ),
}  # fmt: skip
TYPES = {"llama3": "llama"}


def main(target: Path, families: list[str]) -> None:
    logging.disable(logging.CRITICAL)
    for family in families or list(RECIPES):
        folder = target / transformers.__version__ / family
        with tempfile.TemporaryDirectory() as scratch:
            save(RECIPES[family], TYPES.get(family, family), Path(scratch), folder)


def save(recipe: Recipe, model_type: str, scratch: Path, folder: Path) -> None:
    """Make one release and have the library save it."""
    made_of = recipe.processor(scratch)
    processors = made_of if isinstance(made_of, tuple) else (made_of,)
    words: Any = getattr(processors[0], "tokenizer", processors[0])
    settings = dict(recipe.config)
    if hasattr(words, "eos_token_id"):
        if recipe.template:
            words.chat_template = recipe.template
        own = {"vocab_size": -(-len(words) // 8) * 8} if "text_config" not in settings else {}
        roles = {f"{role}_token_id": getattr(words, f"{role}_token_id") for role in ("bos", "eos", "pad")}
        settings = own | {key: index for key, index in roles.items() if index is not None} | settings
    config = transformers.AutoConfig.for_model(model_type, **settings)
    torch.manual_seed(sum(model_type.encode()))
    kind = getattr(transformers, recipe.kind)
    made = kind.from_config(config) if recipe.kind.startswith("Auto") else kind(config)
    network = made.to(recipe.stored)
    if recipe.generation:
        said = {key: value for key, value in network.generation_config.to_dict().items() if value is not None}
        network.generation_config = transformers.GenerationConfig(**{**said, **recipe.generation})
    network.save_pretrained(folder)
    for processor in processors:
        processor.save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
