#include "textflag.h"
#include "block.h"
#include "values.h"

#include "avx2.h"

// func UnpackAVX2Columns(f *float32, v *uint16, stride, cols int)
TEXT ·UnpackAVX2Columns(SB), NOSPLIT, $0-32
#include "unpack_columns.h"

#include "vnni.h"

// func UnpackVNNIColumns(f *float32, v *uint16, stride, cols int)
TEXT ·UnpackVNNIColumns(SB), NOSPLIT, $0-32
#include "unpack_columns.h"
