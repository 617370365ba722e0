"""The official Python client against a server that echoes the last line it is given.

usage: python openai_client.py BASE_URL
"""

import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="unused", max_retries=0)
MESSAGES = [{"role": "user", "content": "hello"}]


def chat():
    answer = client.chat.completions.create(
        model="echo", messages=MESSAGES, n=2, logprobs=True, top_logprobs=2, seed=1
    )
    assert answer.object == "chat.completion"
    assert [choice.message.content for choice in answer.choices] == ["hello", "hello"]
    assert answer.choices[0].finish_reason == "stop"
    assert len(answer.choices[0].logprobs.content) == 5
    assert answer.usage.total_tokens == 15
    assert answer.usage.prompt_tokens_details.cached_tokens == 2
    assert answer._request_id.startswith("req_")


def stream():
    chunks = list(
        client.chat.completions.create(
            model="echo", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "hello", text
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 5
    assert all(chunk.usage is None for chunk in chunks[:-1])


def extensions():
    raw = client.chat.completions.with_raw_response.create(
        model="parrot", messages=MESSAGES, extra_body={"outpost": {"priority": "alarm"}, "mirostat": 2, "top_k": 3}
    )
    assert raw.headers["outpost-warning"] == "ignored=mirostat"
    assert raw.parse().model == "echo"


def completions():
    answer = client.completions.create(model="echo", prompt=[[65, 66], [67]], logprobs=2, echo=False)
    assert [choice.text for choice in answer.choices] == ["AB", "C"]
    assert answer.choices[0].logprobs.text_offset == [0, 1]
    chunks = client.completions.create(model="echo", prompt="abc", echo=True, stream=True)
    assert "".join(chunk.choices[0].text for chunk in chunks) == "abcabc"


def embeddings():
    default = client.embeddings.create(model="echo", input=["abc", "de"])
    floats = client.embeddings.create(model="echo", input="abc", encoding_format="float")
    assert len(default.data) == 2 and default.data[1].index == 1
    assert all(abs(a - b) < 1e-6 for a, b in zip(default.data[0].embedding, floats.data[0].embedding, strict=True))
    assert default.usage.prompt_tokens == 5


def models():
    assert [model.id for model in client.models.list()] == ["echo"]
    assert client.models.retrieve("echo").object == "model"


def refusal(kind, **request):
    try:
        client.chat.completions.create(**request)
    except kind as error:
        return error
    raise AssertionError(f"was accepted: {request}")


def errors():
    missing = refusal(openai.NotFoundError, model="nobody", messages=MESSAGES)
    assert missing.code == "model_not_found" and missing.param == "model"
    shape = refusal(openai.BadRequestError, model="echo", messages=[{"role": "user", "content": 7}])
    assert shape.code == "invalid_type" and shape.param == "messages[0].content"
    context = refusal(
        openai.BadRequestError, model="echo", messages=[{"role": "user", "content": "x" * 5000}]
    )
    assert context.code == "context_length_exceeded" and context.body["n_prompt_tokens"] == 5000
    tools = refusal(openai.BadRequestError, model="echo", messages=MESSAGES, tool_choice="required")
    assert tools.code == "unsupported_value"


for check in (chat, stream, extensions, completions, embeddings, models, errors):
    check()
    print(check.__name__, "ok")
print("all checks passed")
