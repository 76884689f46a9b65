"""Chapter 7, sections 7.1 and 7.2: what is reported and cannot be computed."""

from __future__ import annotations

from .setting import paper

for slug, where, latex, note in (
    ("lenet-training", "section 7.1", r"\text{10 digits, 3 days}", ""),
    (
        "imagenet-size",
        "section 7.2.1",
        r"> 20\,000 \text{ categories}, \text{ several hundred images}",
        "Several hundred images in each category is what must be meant.",
    ),
    ("error-2011", "section 7.2.1", r"27\,\%", "Error of classical methods around 2011."),
    (
        "alexnet-error",
        "section 7.2.1",
        r"15.3\,\% \text{ against } 26.2\,\%",
        "Top-5 error rates of the first and the second of 2012.",
    ),
    (
        "citations",
        "section 7.2",
        r"75\text{k}, 68\text{k}",
        "Counted in January 2021 for AlexNet; for ResNet the text says January 2020.",
    ),
    (
        "resnet-depth",
        "section 7.2.4",
        r"\text{hundreds or thousands of layers}",
        "Thanks to the skip connections.",
    ),
    (
        "vanishing-gradient",
        "section 7.2.4",
        r"\boldsymbol\delta^{(l)} \to 0 \text{ far from the output}",
        "The product (6.34) may shrink or grow with its factors; see exercise 6, and (6.47).",
    ),
    (
        "unet",
        "section 7.2.6",
        r"3 \times 3 \text{ convolutions, batch normalisation, ReLU; max pooling; concatenation}",
        "Its field of view grows as in prose:receptive-field.",
    ),
    (
        "cnn-against-observers",
        "section 7.2.1",
        r"\text{above human observers on ImageNet}",
        "",
    ),
):
    paper.note(f"prose:{slug}", kind="empirical", where=where, latex=latex, note=note)
