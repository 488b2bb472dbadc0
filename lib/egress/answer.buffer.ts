/** Collects the beginning of an answer, up to a limit, however it is cut into pieces. */
export class AnswerBuffer {
  private bytes: Buffer | null = null;
  private length = 0;

  /** @param limit in bytes */
  constructor(private readonly limit: number) {}

  /** Takes the next piece; true when it did not fit whole. */
  add(piece: Buffer): boolean {
    const end = this.length + piece.length;
    if (this.bytes === null) {
      this.bytes = piece.subarray(0, this.limit);
    } else {
      if (this.bytes.length < this.limit) {
        // One buffer instead of a list: a receiver that drips would make thousands of entries.
        const whole = Buffer.allocUnsafe(this.limit);
        this.bytes.copy(whole);
        this.bytes = whole;
      }
      piece.copy(this.bytes, this.length);
    }
    this.length = Math.min(end, this.limit);
    return end > this.limit;
  }

  /** What was collected, as text that every database takes. */
  toString(): string {
    if (this.bytes === null) {
      return '';
    }
    const text = this.bytes.toString('utf8', 0, this.length);
    return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
  }
}
