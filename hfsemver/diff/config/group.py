"""Which part of the contract a key belongs to."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hfsemver.diff.config import context as config_context
from hfsemver.diff.config import labels as config_labels
from hfsemver.diff.config.change import ABSENT

if TYPE_CHECKING:
    from hfsemver.diff.config.change import KeyChange


class Group(StrEnum):
    """The groups of ``ConfigDiff``; ``CONTEXT`` is shared out by what the longest input was and is."""

    ARCHITECTURE = "architecture"
    GEOMETRY = "geometry"
    CONTEXT = "context"
    ROPE = "rope"
    LABELS = "labels"
    QUANTIZATION = "quantization"
    TIED = "tied"
    DTYPE = "dtype"
    ONE_SIDED_DTYPE = "one_sided_dtype"
    OTHER = "other"


# Sizes that decide the shapes of tensors or of the caches that engines lay out for them.
_GEOMETRY: Final = frozenset({
    "adapter_hidden_size", "attention_head_dim", "block_out_channels", "conv_dim", "conv_kernel", "conv_stride",
    "cross_attention_dim", "d_conv", "d_embed", "d_ff", "d_head", "d_inner", "d_kv", "d_model", "d_state",
    "decoder_attention_heads", "decoder_ffn_dim", "decoder_hidden_size", "decoder_layers", "decoder_vocab_size",
    "dense_intermediate_size", "depth", "depths", "dim", "embed_dim", "embed_dims", "embedding_dim", "embedding_size",
    "encoder_attention_heads", "encoder_ffn_dim", "encoder_layers", "expand", "ffn_dim", "ffn_hidden_size",
    "frequency_embedding_size", "global_head_dim", "head_dim", "hidden_dim", "hidden_size", "hidden_sizes",
    "image_size", "in_channels", "in_chans", "index_head_dim", "index_n_heads", "inner_dim", "intermediate_size",
    "intermediate_size_mlp", "joint_attention_dim", "kv_channels", "kv_lora_rank", "latent_channels",
    "layers_per_block", "linear_conv_kernel_dim", "linear_key_head_dim", "linear_num_key_heads",
    "linear_num_value_heads", "linear_value_head_dim", "lru_width", "mamba_d_head", "mamba_d_state", "mamba_n_heads",
    "mlp_dim", "mlp_hidden_size", "mm_hidden_size", "moe_intermediate_size", "moe_latent_size", "multi_query", "n_embd",
    "n_embed", "n_groups", "n_head", "n_head_kv", "n_heads", "n_inner", "n_layer", "n_layers", "n_routed_experts",
    "n_shared_experts", "new_decoder_architecture", "num_attention_heads", "num_blocks", "num_channels",
    "num_codebooks", "num_decoder_layers", "num_encoder_layers", "num_experts", "num_global_key_value_heads",
    "num_heads", "num_hidden_layers", "num_key_value_heads", "num_key_value_groups", "num_kv_heads", "num_layers",
    "num_local_experts", "num_mel_bins", "num_nextn_predict_layers", "num_position_embeddings", "num_query_groups",
    "num_shared_experts", "o_lora_rank", "out_channels", "out_hidden_size", "output_dim", "output_hidden_size", "patch_size",
    "pooled_projection_dim", "pooler_hidden_size", "pooler_output_size", "position_embedding_size", "projection_dim", "q_lora_rank", "qk_head_dim",
    "qk_nope_head_dim", "qk_rope_head_dim", "query_dim", "sample_size", "shared_expert_intermediate_size",
    "spatial_merge_size", "state_size", "temporal_patch_size", "time_step_rank", "type_vocab_size", "v_head_dim",
    "vocab_size", "vocab_size_per_layer_input", "word_embed_proj_dim",
})  # fmt: skip

_ARCHITECTURE: Final = frozenset({"model_type", "architectures", "_class_name"})
_TIED: Final = frozenset({"tie_word_embeddings", "tie_encoder_decoder"})
_ROPE: Final = re.compile(
    r"rope_(?:theta|type|scaling|parameters|interleaved?|base)$|rotary_|no_rope_|original_max_position_embeddings$|nope_layer"
)


def group_of(path: str) -> Group:
    """Return the group of a key of ``config.json`` by its dotted path."""
    parts = path.split(".")
    name = parts[-1]
    if "quantization_config" in parts:
        group = Group.QUANTIZATION
    elif "rope_parameters" in parts or _ROPE.match(name):
        group = Group.ROPE
    elif name in config_labels.KEYS or name == "problem_type":
        group = Group.LABELS
    elif config_context.is_context_key(path):
        group = Group.CONTEXT
    elif name in _ARCHITECTURE:
        group = Group.ARCHITECTURE
    elif name in _GEOMETRY:
        group = Group.GEOMETRY
    elif name in _TIED:
        group = Group.TIED
    else:
        group = Group.DTYPE if name == "dtype" else Group.OTHER
    return group


def group_of_change(change: KeyChange) -> Group:
    """Return the group of a change: naming an architecture where none was named breaks nobody."""
    group = group_of(change.key)
    if group is Group.DTYPE and (change.old is ABSENT or change.new is ABSENT):
        return Group.ONE_SIDED_DTYPE
    if group is Group.ARCHITECTURE and not isinstance(change.old, list | str):
        return Group.OTHER
    return group
