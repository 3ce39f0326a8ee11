"""Times steps of the run that `record.py` records, on the default model: the median of some steps, in milliseconds.

    venv/bin/python tests/golden/peft/time.py THREADS
"""

import json
import statistics
import sys
import time

import peft
import torch

from record import INPUTS, batch_of, read_model

STEPS = 5

torch.set_num_threads(int(sys.argv[1]))
inputs = json.loads((INPUTS / "default/inputs.json").read_text())
model = peft.PeftModel.from_pretrained(
    read_model(inputs["file"]), INPUTS / "default/fresh", is_trainable=True
)
batch = batch_of(inputs["rows"])
optimizer = torch.optim.AdamW(p for p in model.parameters() if p.requires_grad)
times = {"forward": [], "step": []}
for _ in range(STEPS + 1):
    start = time.perf_counter()
    with torch.no_grad():
        model(**batch)
    middle = time.perf_counter()
    optimizer.zero_grad()
    model(**batch).loss.backward()
    optimizer.step()
    times["forward"].append(1000 * (middle - start))
    times["step"].append(1000 * (time.perf_counter() - middle))
# The first of each prepares.
medians = {name: round(statistics.median(took[1:])) for name, took in times.items()}
print(torch.get_num_threads(), "thread(s),", batch["attention_mask"].sum().item(), "tokens:", medians)
