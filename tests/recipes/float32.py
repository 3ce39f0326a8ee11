"""Writes the model of a GGUF file as a folder of transformers, its weights as 32-bit floats: float32.py FILE FOLDER"""

import pathlib
import sys

import torch
import transformers

file, folder = pathlib.Path(sys.argv[1]), sys.argv[2]
source = {"pretrained_model_name_or_path": file.parent, "gguf_file": file.name}
model = transformers.AutoModelForCausalLM.from_pretrained(**source, dtype=torch.float32)
# Otherwise it is saved as a quantized model.
model.is_quantized, model.hf_quantizer = False, None
if hasattr(model.config, "quantization_config"):
    del model.config.quantization_config
model.save_pretrained(folder)
transformers.AutoTokenizer.from_pretrained(**source).save_pretrained(folder)
