/** Server-sent events over fetch: EventSource can send no token but in the address, and addresses are logged. */

const SILENT_MS = 40_000; // the gateway says something every 15 s

/** @typedef {{event: string, data: string, id: string | null}} Message id: null where the message has none */

/**
 * Read messages as they come, until the stream ends.
 * @param {ReadableStream<Uint8Array>} body
 * @param {(message: Message) => void} tell
 */
export async function read(body, tell) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  /** @type {Message} */
  let message = { event: "message", data: "", id: null };
  for (;;) {
    const { done, value } = await inTime(reader);
    if (done) return;
    // A lone CR at the end may be half of a CRLF.
    const lines = (text + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    text = lines.pop() ?? "";
    for (const line of lines) {
      const [, field, said = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (!line) {
        if (message.data) tell(message);
        message = { event: "message", data: "", id: null };
      } else if (field === "data") message.data += (message.data && "\n") + said;
      else if (field === "event") message.event = said;
      else if (field === "id") message.id = said;
    }
  }
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function inTime(reader) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const silence = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("the stream is silent")), SILENT_MS)));
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (fault) {
    reader.cancel().catch(() => {});
    throw fault;
  } finally {
    clearTimeout(timer);
  }
}
