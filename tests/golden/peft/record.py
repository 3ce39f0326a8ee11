"""Records what PyTorch and PEFT say of the training and of the adapters of `inputs.mjs`, which runs first.

    python3 -m venv venv && venv/bin/pip install torch peft transformers accelerate gguf
    venv/bin/python tests/golden/peft/record.py

It leaves, beside itself, `tiny.json` and `default.json`, and two small adapters of the small model that PEFT wrote, in
`lora/` and `ia3/`. Everything is computed in 32 bits. It fails where PEFT does not read what we exported.
"""

import json
import os
import pathlib
import shutil

os.environ["HF_HUB_OFFLINE"] = "1"

import peft
import torch
import transformers

HERE = pathlib.Path(__file__).parent
INPUTS = HERE.parents[2] / "target/golden/peft"

# The matrices of GGUF, in the order of the engine, and the modules of transformers.
MATRICES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
# The steps whose gradients and weights are recorded.
RECORDED = (1, 2, 4)
# Elements that are recorded of each vector, and the prime that makes their indices.
SAMPLES, STRIDE = 2, 104_729


def read_model(file):
    """The model of a GGUF file, with its weights as 32-bit floats."""
    path = pathlib.Path(file)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        path.parent, gguf_file=path.name, dtype=torch.float32, attn_implementation="eager"
    )
    # Otherwise PEFT looks for the modules of a quantized model.
    model.is_quantized, model.hf_quantizer = False, None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return model.eval()


def batch_of(rows):
    """The rows side by side. PyTorch ignores the label -100."""
    longest = max(len(row["ids"]) for row in rows)
    pad = lambda values, by: values + [by] * (longest - len(values))
    return {
        "input_ids": torch.tensor([pad(row["ids"], 0) for row in rows]),
        "attention_mask": torch.tensor([pad([1] * len(row["ids"]), 0) for row in rows]),
        "labels": torch.tensor([pad([-100] * row["from"] + row["ids"][row["from"] :], -100) for row in rows]),
    }


def logprobs_of(model, ids):
    """The log-probabilities of all tokens after these."""
    with torch.no_grad():
        logits = model(input_ids=torch.tensor([ids])).logits[0, -1]
    return torch.log_softmax(logits.double(), 0).tolist()


def in_our_order(b, matrix, heads):
    """B of LoRA as the engine has it, (rank, rows). A file of llama has the dimensions of each rotated pair of W_q and W_k
    side by side, where transformers has them half a head apart; the file's order is made as llama.cpp's converter makes it."""
    if matrix in heads:
        rows, rank = b.shape
        b = b.reshape(heads[matrix], 2, rows // heads[matrix] // 2, rank).swapaxes(1, 2).reshape(rows, rank)
    return b.T


def vectors(model, of):
    """`of(parameter)` of each A and B, as flat vectors in the order of the engine."""
    config = model.config
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    parameters = dict(model.named_parameters())
    for layer in range(config.num_hidden_layers):
        for matrix, module in MATRICES.items():
            name = f"base_model.model.model.layers.{layer}.{module}"
            for part in "AB":
                values = of(parameters[f"{name}.lora_{part}.default.weight"]).detach()
                if part == "B":
                    values = in_our_order(values, matrix, heads)
                yield values.reshape(-1)


def samples(vector):
    return [vector[(index + 1) * STRIDE % len(vector)].item() for index in range(SAMPLES)]


def train(model, inputs):
    """A run as PyTorch's users write it, and what is recorded of it."""
    settings, batch = inputs["settings"], batch_of(inputs["rows"])
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(
        trained, lr=settings["learningRate"], weight_decay=settings["weightDecay"]
    )
    steps, warm_up = settings["steps"], settings["warmUp"]
    rate = lambda step: (step + 1) / warm_up if step < warm_up else (steps - step) / (steps - warm_up)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    losses, norms, recorded = [], [], []
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        loss = model(**batch).loss
        loss.backward()
        gradients = [vector.clone() for vector in vectors(model, lambda parameter: parameter.grad)]
        norms.append(torch.nn.utils.clip_grad_norm_(trained, settings["clip"]).item())
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
        if step in RECORDED:
            recorded.append(
                {
                    "step": step,
                    "gradientNorms": [gradient.norm().item() for gradient in gradients],
                    "gradients": [samples(gradient) for gradient in gradients],
                    "weights": [samples(weight) for weight in vectors(model, lambda parameter: parameter.data)],
                }
            )
        print(step, losses[-1], norms[-1])
    return {"losses": losses, "norms": norms, "recorded": recorded}


def divergence(p, q):
    """KL(p ‖ q) of log-probabilities, in nats. Each term has q − p added, which leaves none negative."""
    p, q = torch.tensor(p, dtype=torch.float64), torch.tensor(q, dtype=torch.float64)
    return (p.exp() * (p - q) + q.exp() - p.exp()).sum().item()


def check_export(inputs, folder):
    """PEFT reads an adapter that we trained and exported, and says what we say. Returns the divergence of the two."""
    model = peft.PeftModel.from_pretrained(read_model(inputs["file"]), folder / "tuned").eval()
    theirs = logprobs_of(model, inputs["query"]["ids"])
    model.disable_adapter_layers()
    without = logprobs_of(model, inputs["query"]["ids"])
    near, far = (divergence(x, inputs["query"]["logprobs"]) for x in (theirs, without))
    print("exported adapter:", near, "without it:", far)
    assert near < 1e-6 and far > 1e-3, "PEFT says something else of our adapter"
    return {"divergence": near, "withoutAdapter": far}


def write_adapter(inputs, name, config):
    """An adapter that PEFT itself writes, with random numbers, and what it says with it."""
    torch.manual_seed(2)
    model = peft.get_peft_model(read_model(inputs["file"]), config).eval()
    with torch.no_grad():
        for parameter in (parameter for parameter in model.parameters() if parameter.requires_grad):
            parameter.add_(0.2 * torch.randn_like(parameter))
    model.save_pretrained(HERE / name)
    (HERE / name / "README.md").unlink()
    # It names the folder of the model's file.
    file = HERE / name / "adapter_config.json"
    config = json.loads(file.read_text())
    file.write_text(json.dumps({**config, "base_model_name_or_path": "tiny"}, indent=2) + "\n")
    return {"ids": inputs["query"]["ids"], "logprobs": logprobs_of(model, inputs["query"]["ids"])}


def record(name):
    folder = INPUTS / name
    inputs = json.loads((folder / "inputs.json").read_text())
    found = {
        "versions": {lib.__name__: lib.__version__ for lib in (torch, transformers, peft)},
        "model": inputs["sha256"],
        "settings": inputs["settings"],
        "rows": inputs["rows"],
        "export": check_export(inputs, folder),
    }
    model = peft.PeftModel.from_pretrained(read_model(inputs["file"]), folder / "fresh", is_trainable=True)
    found |= train(model, inputs)
    if name == "tiny":
        modules = [module.split(".")[1] for module in MATRICES.values()]
        lora = peft.LoraConfig(
            r=2, lora_alpha=6, rank_pattern={"q_proj": 3}, target_modules=modules, layers_to_transform=[1], task_type="CAUSAL_LM"
        )
        ia3 = peft.IA3Config(
            target_modules=["k_proj", "v_proj", "down_proj"], feedforward_modules=["down_proj"], task_type="CAUSAL_LM"
        )
        found["written"] = {"lora": write_adapter(inputs, "lora", lora), "ia3": write_adapter(inputs, "ia3", ia3)}
    (HERE / f"{name}.json").write_text(json.dumps(rounded(found)) + "\n")


def rounded(value):
    """Numbers with as many digits as 32 bits have."""
    if isinstance(value, float):
        return float(f"{value:.8g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    for name in ("tiny", "default"):
        record(name)
