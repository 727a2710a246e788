/** Sending a body so that somebody is told how much of it has gone: `fetch` alone doesn't tell. */

/** Told the bytes that have gone so far, and of how many. */
type Told = (done: number, total: number) => void;

/** What a request with a body of bytes takes, as for `fetch`. */
export type Upload = {
  method: string;
  headers: Record<string, string>;
  body: Uint8Array;
  signal: AbortSignal;
};

/** Bytes that are handed over at a time: 64 KiB. */
const slice = 1 << 16;

/**
 * Sends a request as `fetch` does and tells how far its body is, 0 first and all of it at the end. In browsers by XMLHttpRequest,
 * which streams no body and so works over HTTP/1.1, too; elsewhere by a body that is pulled as the connection takes it.
 */
export async function sendTelling(url: string, upload: Upload, told: Told): Promise<Response> {
  const { length } = upload.body;
  told(0, length);
  upload.signal.throwIfAborted();
  const response = await (typeof XMLHttpRequest === "function" ? sendByXhr : sendByStream)(url, upload, told);
  told(length, length);
  return response;
}

function sendByStream(url: string, { body, ...rest }: Upload, told: Told): Promise<Response> {
  let at = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (at > 0) told(Math.min(at, body.length - 1), body.length);
        if (at >= body.length) return controller.close();
        controller.enqueue(body.subarray(at, at + slice));
        at += slice;
      },
    },
    { highWaterMark: 0 },
  );
  return fetch(url, { ...rest, body: stream as BodyInit, duplex: "half", redirect: "error" } as RequestInit);
}

function sendByXhr(url: string, { method, headers, body, signal }: Upload, told: Told): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    const fail = (reason: unknown) => {
      signal.removeEventListener("abort", abort);
      reject(reason);
    };
    request.open(method, url);
    request.responseType = "arraybuffer";
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      try {
        told(Math.min(loaded, body.length), body.length);
      } catch (error) {
        fail(error);
        request.abort();
      }
    };
    request.onerror = () => fail(new TypeError("The request failed."));
    request.onabort = () => fail(signal.reason);
    request.onload = () => {
      // As fetch is told to: where a service sends its callers is no service that was asked.
      if (request.responseURL !== new URL(url, globalThis.location?.href).href)
        return fail(new TypeError("The request was sent elsewhere."));
      const answer = request.response as ArrayBuffer;
      try {
        // Some statuses may have no body, not even an empty one.
        resolve(new Response(answer.byteLength === 0 ? null : answer, { status: request.status }));
        signal.removeEventListener("abort", abort);
      } catch (error) {
        fail(error);
      }
    };
    signal.addEventListener("abort", abort, { once: true });
    request.send(body as Uint8Array<ArrayBuffer>);
  });
}
