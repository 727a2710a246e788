/**
 * A node that is asked by URL. What is asked within a few milliseconds goes in one request, as with ethers' own provider, whose
 * way there costs a service more than the answers do: it writes a batch out anew for each question in it, and searches the
 * answers for each.
 */
import {
  type JsonRpcError,
  type JsonRpcPayload,
  JsonRpcProvider,
  type JsonRpcResult,
  makeError,
} from "ethers";
import { utf8, utf8Decode } from "../core/bytes.ts";

type Question = {
  payload: JsonRpcPayload;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
};

/** Questions that go in one request; more than that, nodes refuse. */
const mostAtOnce = 100;
/** Characters that they may have together. */
const longest = 1 << 20;

/** ethers' provider for an HTTP node whose chain is known beforehand (`staticNetwork`). */
export class NodeProvider extends JsonRpcProvider {
  #waiting: Question[] = [];
  #last = 0;

  /** Asks one question; `params` as the method takes them. Rejects with ethers' errors. */
  override async send(method: string, params: unknown[] | Record<string, unknown>): Promise<unknown> {
    await this._start();
    if (this.destroyed) throw destroyed(method);
    const payload: JsonRpcPayload = { method, params, id: ++this.#last, jsonrpc: "2.0" };
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ payload, resolve, reject }) === 1)
        setTimeout(() => this.#flush(), this._getOption("batchStallTime"));
    });
  }

  /** Sends payloads as they are. The answers are read by the platform's UTF-8 decoder: ethers' own takes most of the time. */
  override _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    return this.#post(JSON.stringify(payload));
  }

  #flush(): void {
    let batch: Question[] = [];
    let texts: string[] = [];
    let length = 0;
    for (const question of this.#waiting.splice(0)) {
      const text = JSON.stringify(question.payload);
      if (batch.length === mostAtOnce || (batch.length > 0 && length + text.length > longest)) {
        void this.#ask(batch, texts);
        [batch, texts, length] = [[], [], 0];
      }
      batch.push(question);
      texts.push(text);
      length += text.length;
    }
    void this.#ask(batch, texts);
  }

  async #ask(batch: readonly Question[], texts: readonly string[]): Promise<void> {
    try {
      const found = await this.#post(texts.length === 1 ? texts[0]! : `[${texts.join(",")}]`);
      const answers = new Map(found.map((answer) => [answer?.id, answer]));
      for (const { payload, resolve, reject } of batch) {
        const answer = answers.get(payload.id);
        if (this.destroyed) reject(destroyed(payload.method));
        else if (answer === undefined)
          reject(makeError("missing response for request", "BAD_DATA", { value: found, info: { payload } }));
        else if ("error" in answer) reject(this.getRpcError(payload, answer as JsonRpcError));
        else resolve(answer.result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error as Error);
    }
  }

  async #post(body: string): Promise<JsonRpcResult[]> {
    const request = this._getConnection();
    request.body = utf8(body);
    request.setHeader("content-type", "application/json");
    const response = await request.send();
    response.assertOk();
    const answer: unknown = JSON.parse(utf8Decode(response.body ?? new Uint8Array()));
    return (Array.isArray(answer) ? answer : [answer]) as JsonRpcResult[];
  }
}

function destroyed(method: string): Error {
  return makeError("provider destroyed; cancelled request", "UNSUPPORTED_OPERATION", { operation: method });
}
