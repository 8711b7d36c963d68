"""The demo's fixed texts, in English and Chinese."""

from __future__ import annotations

INTRODUCTION = """\
This is the **built-in demo** of Lingma Gateway, not Lingma: no model read your message, and this \
answer was written in advance. It proves that your client, the gateway and its upstream wire work \
together.

Try `count to 20`, `recite markdown`, `think about rain` or `echo: hello` to see it stream. To get \
real answers, install Lingma and sign in; the gateway then uses it instead of the demo.
"""

INTRODUCTION_ZH = """\
这是 Lingma Gateway 的**内置演示**，不是通义灵码：没有任何模型读过您的消息，这段回答是预先写好的。\
它说明您的客户端、网关以及上游连接都在正常工作。

可以试试 `数到 20`、`背诵 markdown`、`想一想 下雨` 或 `复述：你好`，看看流式输出的样子。\
想要真实的回答，请安装通义灵码并登录，网关随后会自动改用它。
"""

MARKDOWN = """\
# A Markdown sample / Markdown 示例

Some *emphasis*, some **strong** text, `inline code`, and a [link](https://example.com/).

## Code

```python
def fibonacci(limit: int) -> list[int]:
    \"\"\"All Fibonacci numbers below limit.\"\"\"
    numbers, a, b = [], 0, 1
    while a < limit:
        numbers.append(a)
        a, b = b, a + b
    return numbers
```

```json
{"name": "demo", "values": [1, 2, 3], "nested": {"ok": true}}
```

## Table

| language | greeting | 说明 |
| :------- | :------: | ---: |
| English  | Hello    | 1    |
| 中文     | 你好     | 2    |
| 日本語   | こんにちは | 3  |
| 한국어   | 안녕하세요 | 4  |

## Lists

1. First
   - nested item with emoji 🚀 and 👩‍💻
   - another one
2. Second: 中英文混排 works too.

- [x] done
- [ ] to do

> “Simplicity is prerequisite for reliability.”

Formula: $e^{i\\pi} + 1 = 0$

---

The end. 完。
"""


def thoughts(topic: str, chinese: bool) -> str:
    """A short chain of reasoning about the topic."""
    if chinese:
        return f"用户想了解：{topic}。\n先看它是什么，再看它为什么重要，最后给出一个简短的结论。"
    return (
        f"The user wants to know about {topic}.\n"
        "First what it is, then why it matters, and at the end one short conclusion."
    )


def conclusion(topic: str, chinese: bool) -> str:
    """The visible answer after the reasoning."""
    if chinese:
        return f"关于“{topic}”：这是内置演示预先写好的结论，它只用来展示推理过程和回答是分开的。\n"
    return (
        f"About {topic}: this is the built-in demo's prepared conclusion. It shows that reasoning "
        "and answer arrive as two separate streams.\n"
    )
