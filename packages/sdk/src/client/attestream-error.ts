/** An answer of the API that is not the one asked for, or no answer at all. Branch on `code`; the message is for people. */
export class AttestreamError extends Error {
  override readonly name = "AttestreamError";
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Class of the error: invalid_request, authentication, not_found, rate_limited, ...; `connection` without an answer, `unexpected_answer` for one that is not understood. */
  readonly type: string;
  /** Stable name of the error within its class. */
  readonly code: string;
  /** The request field that is wrong, where there is one. */
  readonly param: string | undefined;
  /** Quote it when asking the operator. */
  readonly requestId: string | undefined;
  /** True when the same request may well succeed later. */
  readonly retriable: boolean;
  /** Seconds to wait before the next try, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(
    message: string,
    fields: {
      status: number;
      type: string;
      code: string;
      retriable: boolean;
      param?: string | undefined;
      requestId?: string | undefined;
      retryAfter?: number | undefined;
      cause?: unknown;
    },
  ) {
    super(message, { cause: fields.cause });
    this.status = fields.status;
    this.type = fields.type;
    this.code = fields.code;
    this.retriable = fields.retriable;
    this.param = fields.param;
    this.requestId = fields.requestId;
    this.retryAfter = fields.retryAfter;
  }
}
