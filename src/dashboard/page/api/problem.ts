/** Why a call did not do what was asked, in a form for people. */
export interface ProblemShown {
  sentence: string;
  /** By name of field or parameter. */
  fields: Readonly<Record<string, string>>;
  /** Null: nobody answered. */
  status: number | null;
  requestId: string | null;
}

interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** A call that was refused or not answered. */
export class CallError extends Error {
  readonly shown: ProblemShown;

  constructor(shown: ProblemShown) {
    super(shown.sentence);
    this.shown = shown;
  }
}

/** The data of a call's answer. @throws {CallError} if it was refused, or nobody answered */
export async function answerOf<Data>(call: Promise<Result<Data>>): Promise<Data> {
  return (await wholeAnswerOf(call)).data;
}

/** As {@link answerOf}, with the answer's headers. */
export async function wholeAnswerOf<Data>(call: Promise<Result<Data>>): Promise<{ data: Data; headers: Headers }> {
  let result: Result<Data>;
  try {
    result = await call;
  } catch {
    throw new CallError({
      sentence: "The server cannot be reached. Check your connection, and try again.",
      fields: {},
      status: null,
      requestId: null,
    });
  }
  const { data, error, response } = result;
  if (response.ok) return { data: data as Data, headers: response.headers };
  throw new CallError(problemOf(error, response));
}

/** Both APIs' forms of an error. */
function problemOf(error: unknown, { status, headers }: Response): ProblemShown {
  const body = isObject(error) ? error : {};
  const inner = isObject(body.error) ? body.error : body;
  const message = typeof body.error === "string" ? body.error : inner.message;
  const details = Array.isArray(inner.details) ? inner.details.filter(isObject) : [];
  const fields = details.map(({ field, message }) => [String(field), String(message)]);
  return {
    sentence: sentenceOf(typeof message === "string" ? message : `The server answered ${status}.`),
    fields: Object.fromEntries(fields),
    status,
    requestId: headers.get("x-request-id"),
  };
}

/** A server's words about a mistake, as a sentence for people. */
export function sentenceOf(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
