// The official Node client against a server that echoes the last line it is given.
// usage: node openai_client.mjs NODE_MODULES BASE_URL
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [modules, baseURL] = process.argv.slice(2);
const OpenAI = createRequire(`${modules}/`)('openai');
const client = new OpenAI({ baseURL, apiKey: 'unused', maxRetries: 0 });
const messages = [{ role: 'user', content: 'hello' }];

async function chat() {
  const answer = await client.chat.completions.create({ model: 'echo', messages, n: 2, logprobs: true, top_logprobs: 2 });
  assert.equal(answer.object, 'chat.completion');
  assert.deepEqual(answer.choices.map((choice) => choice.message.content), ['hello', 'hello']);
  assert.equal(answer.choices[1].finish_reason, 'stop');
  assert.equal(answer.choices[0].logprobs.content.length, 5);
  assert.equal(answer.choices[0].logprobs.content[0].top_logprobs.length, 2);
  assert.equal(answer.usage.completion_tokens, 10);
  assert.ok(answer._request_id.startsWith('req_'));
}

async function stream() {
  const chunks = [];
  const events = await client.chat.completions.create({
    model: 'echo', messages, stream: true, stream_options: { include_usage: true },
  });
  for await (const chunk of events) {
    chunks.push(chunk);
  }
  assert.equal(chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join(''), 'hello');
  assert.equal(chunks.at(-1).usage.total_tokens, 10);
  assert.equal(chunks.at(-2).choices[0].finish_reason, 'stop');
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
}

async function accumulatedStream() {
  const runner = client.chat.completions.stream({ model: 'echo', messages, n: 2 });
  const final = await runner.finalChatCompletion();
  assert.deepEqual(final.choices.map((choice) => choice.message.content), ['hello', 'hello']);
}

async function abortedStream() {
  const events = await client.chat.completions.create({ model: 'echo', messages, stream: true });
  for await (const chunk of events) {
    assert.ok(chunk.id);
    events.controller.abort();
    break;
  }
}

async function completions() {
  const answer = await client.completions.create({ model: 'echo', prompt: ['one', 'two'], logprobs: 1, echo: false });
  assert.deepEqual(answer.choices.map((choice) => choice.text), ['one', 'two']);
  assert.deepEqual(answer.choices[0].logprobs.tokens, ['o', 'n', 'e']);
  const tokens = await client.completions.create({ model: 'echo', prompt: [65, 66] });
  assert.equal(tokens.choices[0].text, 'AB');
  let text = '';
  for await (const chunk of await client.completions.create({ model: 'echo', prompt: 'abc', stream: true })) {
    text += chunk.choices[0].text;
  }
  assert.equal(text, 'abc');
}

async function embeddings() {
  const base64 = await client.embeddings.create({ model: 'echo', input: ['abc', 'de'] });
  const float = await client.embeddings.create({ model: 'echo', input: 'abc', encoding_format: 'float' });
  assert.equal(base64.data.length, 2);
  assert.equal(base64.data[0].embedding.length, 8);
  float.data[0].embedding.forEach((value, i) => assert.ok(Math.abs(value - base64.data[0].embedding[i]) < 1e-6));
}

async function models() {
  const ids = [];
  for await (const model of client.models.list()) {
    ids.push(model.id);
  }
  assert.deepEqual(ids, ['echo']);
  assert.equal((await client.models.retrieve('echo')).owned_by, 'outpost');
}

async function errors() {
  const refusal = async (work) => {
    try {
      await work();
    } catch (error) {
      return error;
    }
    return assert.fail('was accepted');
  };
  const missing = await refusal(() => client.chat.completions.create({ model: 'nobody', messages }));
  assert.ok(missing instanceof OpenAI.NotFoundError);
  assert.equal(missing.code, 'model_not_found');
  const range = await refusal(() => client.chat.completions.create({ model: 'echo', messages, temperature: 9 }));
  assert.ok(range instanceof OpenAI.BadRequestError);
  assert.equal(range.param, 'temperature');
  assert.equal(range.type, 'invalid_request_error');
  const long = [{ role: 'user', content: 'x'.repeat(5000) }];
  const context = await refusal(() => client.chat.completions.create({ model: 'echo', messages: long }));
  assert.equal(context.code, 'context_length_exceeded');
  assert.equal(context.error.n_ctx, 4096);
}

for (const check of [chat, stream, accumulatedStream, abortedStream, completions, embeddings, models, errors]) {
  await check();
  console.log(`${check.name} ok`);
}
console.log('all checks passed');
