"""What the TensorFlow Lite schema numbers: operators, element types, options of operators.

Source: schema.fbs, version 3, of TensorFlow (tensorflow/compiler/mlir/lite/schema). Names are the schema's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FILE_IDENTIFIER = b"TFL3"
VERSION = 3

# BuiltinOperator, by number.
_NAMES = """
    ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE EMBEDDING_LOOKUP FLOOR
    FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D LOCAL_RESPONSE_NORMALIZATION LOGISTIC
    LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6 RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH
    SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER
    BATCH_TO_SPACE_ND SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE
    BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST PRELU MAXIMUM
    ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN TRANSPOSE_CONV SPARSE_TO_DENSE
    TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK
    LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL
    FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL
    REVERSE_V2 ADD_N GATHER_ND COS WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND
    HARD_SWISH IF WHILE NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM
    BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG REAL COMPLEX_ABS
    HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE
    ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU
    DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2
    UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR RIGHT_SHIFT STABLEHLO_LOGISTIC STABLEHLO_ADD STABLEHLO_DIVIDE
    STABLEHLO_MULTIPLY STABLEHLO_MAXIMUM STABLEHLO_RESHAPE STABLEHLO_CLAMP STABLEHLO_CONCATENATE
    STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CONVOLUTION STABLEHLO_SLICE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE
    STABLEHLO_ABS STABLEHLO_AND STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_LOG
    STABLEHLO_MINIMUM STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER STABLEHLO_RSQRT
    STABLEHLO_SELECT STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_SCATTER STABLEHLO_COMPARE STABLEHLO_CONVERT
    STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE STABLEHLO_PAD STABLEHLO_IOTA STABLEHLO_DOT_GENERAL
    STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT STABLEHLO_WHILE STABLEHLO_GATHER STABLEHLO_TRANSPOSE DILATE
    STABLEHLO_RNG_BIT_GENERATOR REDUCE_WINDOW STABLEHLO_COMPOSITE STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT
"""
OPERATORS = tuple(_NAMES.split())
CUSTOM = OPERATORS.index("CUSTOM")

# TensorType, by number.
DTYPES = (
    "float32",
    "float16",
    "int32",
    "uint8",
    "int64",
    "string",
    "bool",
    "int16",
    "complex64",
    "int8",
    "float64",
    "complex128",
    "uint64",
    "resource",
    "variant",
    "uint32",
    "uint16",
    "int4",
    "bfloat16",
)

# Enumerations that stand in options, by number.
ENUMERATIONS: Mapping[str, tuple[str, ...]] = {
    "padding": ("SAME", "VALID"),
    "activation": ("NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"),
    "dtype": DTYPES,
    "mirror": ("REFLECT", "SYMMETRIC"),
    "weights": ("DEFAULT", "SHUFFLED4x16INT8"),
    "lstm": ("FULL", "BASIC"),
}


@dataclass(frozen=True)
class Option:
    """One field of an operator's options: its slot in the table, name, kind and default.

    ``kind`` is a scalar of the flatbuffer reader, such a scalar with ``[]`` for a vector, ``text``, or the name of
    an enumeration above.
    """

    slot: int
    name: str
    kind: str
    default: Any = 0


def _options(*fields: tuple[str, str] | tuple[str, str, Any]) -> tuple[Option, ...]:
    return tuple(Option(slot, *field) for slot, field in enumerate(fields))


_ACTIVATION = ("fused_activation_function", "activation", 0)
_PADDING = ("padding", "padding", 0)
_STRIDES = (("stride_w", "i32"), ("stride_h", "i32"))
_DILATIONS = (("dilation_w_factor", "i32", 1), ("dilation_h_factor", "i32", 1))
_ASYMMETRIC = ("asymmetric_quantize_inputs", "bool", False)
_TIME_MAJOR = ("time_major", "bool", False)
_LSTM_CLIPS = (("cell_clip", "f32", 0.0), ("proj_clip", "f32", 0.0))
_RESIZE = (("align_corners", "bool", False), ("half_pixel_centers", "bool", False))
_ARITHMETIC = _options(_ACTIVATION, ("pot_scale_int16", "bool", True))

# BuiltinOptions: by the number of the options' type. Types without fields, and those of operators that no
# microcontroller runtime knows, are left out.
OPTIONS: Mapping[int, tuple[Option, ...]] = {
    1: _options(_PADDING, *_STRIDES, _ACTIVATION, *_DILATIONS, ("quantized_bias_type", "dtype")),  # CONV_2D
    2: _options(_PADDING, *_STRIDES, ("depth_multiplier", "i32"), _ACTIVATION, *_DILATIONS),  # DEPTHWISE_CONV_2D
    5: _options(_PADDING, *_STRIDES, ("filter_width", "i32"), ("filter_height", "i32"), _ACTIVATION),  # pools
    6: _options(("rank", "i32"), _ACTIVATION, _ASYMMETRIC),  # SVDF
    7: _options(_ACTIVATION, _ASYMMETRIC),  # RNN
    8: _options(
        _ACTIVATION,
        ("weights_format", "weights"),
        ("keep_num_dims", "bool", False),
        _ASYMMETRIC,
        ("quantized_bias_type", "dtype"),
    ),  # FULLY_CONNECTED
    9: _options(("beta", "f32", 0.0)),  # SOFTMAX
    10: _options(("axis", "i32"), _ACTIVATION),  # CONCATENATION
    11: _ARITHMETIC,  # ADD
    12: _options(_ACTIVATION),  # L2_NORMALIZATION
    13: _options(("radius", "i32"), ("bias", "f32", 0.0), ("alpha", "f32", 0.0), ("beta", "f32", 0.0)),
    14: _options(_ACTIVATION, *_LSTM_CLIPS, ("kernel_type", "lstm"), _ASYMMETRIC),  # LSTM
    15: (Option(2, *_RESIZE[0]), Option(3, *_RESIZE[1])),  # RESIZE_BILINEAR; two slots are deprecated
    16: _options(("subgraph", "u32")),  # CALL
    17: _options(("new_shape", "i32[]", ())),  # RESHAPE
    19: _options(("block_size", "i32")),  # SPACE_TO_DEPTH
    21: _options(_ACTIVATION),  # MUL
    23: _options(("axis", "i32"), ("batch_dims", "i32")),  # GATHER
    27: _options(("keep_dims", "bool", False)),  # MEAN, SUM, REDUCE_MAX …
    28: _ARITHMETIC,  # SUB
    29: _options(_ACTIVATION),  # DIV
    30: _options(("squeeze_dims", "i32[]", ())),  # SQUEEZE
    31: _options(_TIME_MAJOR, _ACTIVATION, _ASYMMETRIC),  # UNIDIRECTIONAL_SEQUENCE_RNN
    32: _options(
        ("begin_mask", "i32"),
        ("end_mask", "i32"),
        ("ellipsis_mask", "i32"),
        ("new_axis_mask", "i32"),
        ("shrink_axis_mask", "i32"),
        ("offset", "bool", False),
    ),  # STRIDED_SLICE
    35: _options(("num_splits", "i32")),  # SPLIT
    37: _options(("in_data_type", "dtype"), ("out_data_type", "dtype")),  # CAST
    40: _options(("output_type", "dtype")),  # ARG_MAX
    49: _options(_PADDING, *_STRIDES, _ACTIVATION, ("quantized_bias_type", "dtype")),  # TRANSPOSE_CONV
    55: _options(("out_type", "dtype")),  # SHAPE
    57: _options(("output_type", "dtype")),  # ARG_MIN
    58: _options(("min", "f32", 0.0), ("max", "f32", 0.0), ("num_bits", "i32"), ("narrow_range", "bool", False)),
    59: _options(("values_count", "i32"), ("axis", "i32")),  # PACK
    61: _options(("axis", "i32")),  # ONE_HOT
    64: _options(("num", "i32"), ("axis", "i32")),  # UNPACK
    69: _options(
        _ACTIVATION, *_LSTM_CLIPS, ("merge_outputs", "bool", False), ("time_major", "bool", True), _ASYMMETRIC
    ),  # BIDIRECTIONAL_SEQUENCE_LSTM
    71: _options(
        _ACTIVATION, *_LSTM_CLIPS, _TIME_MAJOR, _ASYMMETRIC, ("diagonal_recurrent_tensors", "bool", False)
    ),  # UNIDIRECTIONAL_SEQUENCE_LSTM
    74: _options(*_RESIZE),  # RESIZE_NEAREST_NEIGHBOR
    75: _options(("alpha", "f32", 0.0)),  # LEAKY_RELU
    77: _options(("mode", "mirror")),  # MIRROR_PAD
    79: _options(("num_splits", "i32")),  # SPLIT_V
    87: _options(("seq_dim", "i32"), ("batch_dim", "i32")),  # REVERSE_SEQUENCE
    92: _options(("then_subgraph_index", "i32"), ("else_subgraph_index", "i32")),  # IF
    93: _options(("cond_subgraph_index", "i32"), ("body_subgraph_index", "i32")),  # WHILE
    94: _options(("block_size", "i32")),  # DEPTH_TO_SPACE
    101: _options(("adj_x", "bool", False), ("adj_y", "bool", False), _ASYMMETRIC),  # BATCH_MATMUL
    102: _options(("exclusive", "bool", False), ("reverse", "bool", False)),  # CUMSUM
    103: _options(("init_subgraph_index", "i32")),  # CALL_ONCE
    111: _options(("container", "text", ""), ("shared_name", "text", "")),  # VAR_HANDLE
    116: _options(("approximate", "bool", False)),  # GELU
}
