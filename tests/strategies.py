"""Texts for property tests: anything at all, and texts that look like cards."""

from hypothesis import strategies as st

anything = st.text(max_size=400)
words = st.text("abc äöü中日한🙂\u00a0\u2028\x85-_*#`[](){}<>!|:.,'\"&%@\t", max_size=30)

_BODY_LINES = st.sampled_from(
    [
        "",
        "# Title",
        "## Limitations",
        "## Bias, Risks, and Limitations",
        "### Training data",
        "##NoSpace",
        "Setext",
        "------",
        "======",
        "**Intended use**",
        "**Out-of-scope use:** none of it",
        "- **Developed by:** [More Information Needed]",
        "- item",
        "  - deeper",
        "> quoted ## Limitations",
        "```python",
        "```",
        "import transformers",
        "    indented code",
        "<h2>Evaluation</h2>",
        "<div>",
        "</div>",
        "<!-- a comment",
        "-->",
        "<!-- ## Bias -->",
        "| a | b |",
        "|---|---|",
        "| limitations | fails on long text |",
        "More information needed",
        "[More Information Needed]",
        "TODO: say more",
        "The model may produce biased text.",
        "It does not work well on German.",
        "Trained for 3 epochs on 12,000 letters.",
        "Accuracy 0.93 on the test set.",
        "{{ developers }}",
        "{{ x",
        "中文说明 模型的局限性",
        "## 局限性",
        "<!-- cardkit: ignore[CK501] because -->",
        "<!-- cardkit: ignore-file[ALL] -->",
        "Citation [optional]",
        "## Citation [optional]",
    ]
)
body = st.lists(_BODY_LINES | words, max_size=14).map("\n".join)

_YAML_LINES = st.sampled_from(
    [
        "license: mit",
        "license: Apache 2.0",
        "license:",
        "license: [mit, x]",
        "licence: mit",
        "language: no",
        "language: en-US",
        "language:",
        "- en",
        "- english",
        "  - deeper",
        "tags: nlp",
        "tags:",
        "datasets:",
        "pipeline_tag: ner",
        "base_model: /workspace/x",
        "model-index:",
        "- name: x",
        "  results: []",
        "widget:",
        "- text: 'a: b'",
        "x: &a [1, 2]",
        "y: *a",
        "<<: *a",
        "'quoted': \"value\"",
        "z: 'it''s'",
        "# a comment",
        "license: mit # cardkit: ignore[CK203] why",
        "{{ license }}",
        "a: {{ x }}",
        "\ttab: x",
        "co2_eq_emissions: 1e3",
        "n: 014",
        "d: 2024-01-01",
        "t: >",
        "  folded",
        "? complex",
        ": value",
        "!!str x: y",
        "...",
        "--- # no fence",
        "@x",
    ]
)
front_matter = st.lists(_YAML_LINES | words, max_size=8).map("\n".join)
fence = st.sampled_from(
    [
        "---\n",
        "---\n",
        "---\n",
        "--- \n",
        "----\n",
        "\ufeff---\n",
        "\n---\n",
        "---\r\n",
        "---\r",
        "",
    ]
)
cards = st.builds(
    lambda a, yaml, b, text: f"{a}{yaml}\n{b}{text}", fence, front_matter, fence, body
)
