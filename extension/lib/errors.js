/** What went wrong with a release, as a code that the messages explain (`error.<code>`). */
export class ReleaseError extends Error {
  /**
   * @param {string} code
   * @param {string} [detail]
   * @param {number | null} [retryAfter] seconds, where the service asks for them
   */
  constructor(code, detail = code, retryAfter = null) {
    super(detail);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
