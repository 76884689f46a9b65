"""What operators are called in either framework, for the rewritings that speak of both."""

from __future__ import annotations

KINDS = {
    "add": "aten.add aten.add_ Add",
    "sub": "aten.sub aten.sub_ Sub",
    "mul": "aten.mul aten.mul_ Mul",
    "div": "aten.div aten.div_ Div",
    "pow": "aten.pow aten.pow_ Pow",
    "max": "aten.maximum Max",
    "min": "aten.minimum Min",
    "clamp": "aten.clamp aten.clamp_ aten.clamp_min aten.clamp_max Clip",
    "sigmoid": "aten.sigmoid aten.sigmoid_ Sigmoid",
    "hardsigmoid": "aten.hardsigmoid aten.hardsigmoid_ HardSigmoid",
    "tanh": "aten.tanh aten.tanh_ Tanh",
    "erf": "aten.erf aten.erf_ Erf",
    "exp": "aten.exp aten.exp_ Exp",
    "log": "aten.log aten.log_ Log",
    "log1p": "aten.log1p aten.log1p_",
    "sqrt": "aten.sqrt aten.sqrt_ Sqrt",
    "abs": "aten.abs aten.abs_ Abs",
    "neg": "aten.neg aten.neg_ Neg",
    "sign": "aten.sign Sign",
    "reciprocal": "aten.reciprocal Reciprocal",
    "square": "aten.square aten.square_",
    "relu": "aten.relu aten.relu_ Relu",
    "relu6": "aten.relu6 aten.relu6_",
    "softplus": "aten.softplus Softplus",
    "matmul": "MatMul",
    "avgpool": "aten.avg_pool1d aten.avg_pool2d aten.avg_pool3d AveragePool",
    "pad": "aten.pad aten.constant_pad_nd Pad",
    "permute": "aten.permute aten.transpose Transpose",
    "reshape": "aten.view aten._unsafe_view aten.reshape aten.flatten aten.unflatten aten.squeeze "
    "aten.unsqueeze Reshape Squeeze Unsqueeze Flatten",
    "same": "aten.contiguous aten.clone aten.detach aten.detach_ aten.alias aten.lift_fresh_copy "
    "aten.to aten._to_copy aten.type_as Identity Cast",
}
"""For each kind the operators that are of it."""

KIND_OF = {operator: kind for kind, names in KINDS.items() for operator in names.split()}

RECURRENT = "recurrent layers, not yet"
ATTENTION = "attention, not yet"
NOT_YET = {
    "aten.lstm": RECURRENT,
    "aten.gru": RECURRENT,
    "aten.rnn_tanh": RECURRENT,
    "aten.rnn_relu": RECURRENT,
    "aten.lstm_cell": RECURRENT,
    "aten.gru_cell": RECURRENT,
    "aten.rnn_tanh_cell": RECURRENT,
    "aten.rnn_relu_cell": RECURRENT,
    "LSTM": RECURRENT,
    "GRU": RECURRENT,
    "RNN": RECURRENT,
    "aten.scaled_dot_product_attention": ATTENTION,
    "aten._native_multi_head_attention": ATTENTION,
    "aten.bmm": "products of two signals, as in attention, not yet",
    "aten.matmul": "products of two signals, as in attention, not yet",
    "aten.baddbmm": "products of two signals, as in attention, not yet",
    "Attention": ATTENTION,
    "MultiHeadAttention": ATTENTION,
    "aten.embedding": "token embeddings, not yet",
    "Gather": "picking by index, as in embeddings, not yet",
}
"""What symvar is to read one day, and says so."""
