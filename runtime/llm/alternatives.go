package llm

import "llamad/runtime/quant"

// Alternative is the same model in another format.
type Alternative struct {
	Format  string // "Q4_0"
	Weights int64  // bytes, about
	Context int    // positions it would get; 0 is that it would not fit either
}

// published are the formats that people offer, the largest first.
var published = []quant.Type{quant.F16, quant.Q8_0, quant.Q6_K, quant.Q5_K, quant.Q4_K, quant.Q4_0, quant.Q3_K, quant.Q2_K}

// alternatives are those of them that would make a file smaller than the one at
// hand, by enough to be worth a download, and whose blocks divide the model's rows.
func (m *Model) alternatives() (list []Alternative) {
	c := &m.model.Config
	for _, t := range published {
		f, _ := quant.Lookup(t)
		bytes := int64(float64(m.model.Parameters) / float64(f.BlockLen) * float64(f.BlockBytes))
		if bytes < m.file.Size()*19/20 && c.Dim%f.BlockLen == 0 && c.QDim()%f.BlockLen == 0 && c.Hidden%f.BlockLen == 0 {
			list = append(list, Alternative{Format: f.Name, Weights: bytes})
		}
	}
	return list
}
