#!/usr/bin/env python3
"""Write gguf-py.gguf, a file from outside: every value type and every tensor type.

  pip install gguf==0.19.0 numpy==2.4.6 && python3 make-gguf-py.py gguf-py.gguf

Row i of the matrix "Q4_0" and so on is 256 weights (i+1)*sin(j/10), quantized by the package.
"""
import sys
import numpy as np
import gguf
from gguf import GGMLQuantizationType as T

w = gguf.GGUFWriter(sys.argv[1], "llama")
w.add_custom_alignment(64)
w.add_uint8("value.uint8", 200)
w.add_int8("value.int8", -100)
w.add_uint16("value.uint16", 60000)
w.add_int16("value.int16", -30000)
w.add_uint32("value.uint32", 4000000000)
w.add_int32("value.int32", -2000000000)
w.add_uint64("value.uint64", 18000000000000000000)
w.add_int64("value.int64", -9000000000000000000)
w.add_float32("value.float32", 0.1)
w.add_float64("value.float64", 0.1)
w.add_bool("value.true", True)
w.add_bool("value.false", False)
w.add_string("value.string", "grüß\n")
w.add_array("value.strings", ["a", "", "日本"])
w.add_array("value.ints", [1, -2, 3])
w.add_array("value.floats", [0.5, -1.5])
w.add_array("value.bools", [True, False])
rows = np.array([[(i + 1) * np.sin(j / 10) for j in range(256)] for i in range(2)], dtype=np.float32)
w.add_tensor("F32", rows)
for t in (T.F16, T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1):
    w.add_tensor(t.name, gguf.quants.quantize(rows, t), raw_dtype=t)
for t in (T.Q2_K, T.Q3_K, T.Q4_K, T.Q5_K, T.Q6_K, T.IQ4_NL):  # the package only reads these: zeros
    size = 256 // gguf.GGML_QUANT_SIZES[t][0] * gguf.GGML_QUANT_SIZES[t][1]
    w.add_tensor(t.name, np.zeros((2, size), dtype=np.uint8), raw_dtype=t)
w.add_tensor("four", np.arange(2 * 3 * 4 * 5, dtype=np.float32).reshape(5, 4, 3, 2))
w.write_header_to_file()
w.write_kv_data_to_file()
w.write_tensors_to_file()
w.close()
