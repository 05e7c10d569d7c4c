import type { Output } from './io.ts';

const ERASE_LINE = '\r\u001b[2K';

/** One line that is written over and over; silent where nobody looks at it. */
export class ProgressLine {
  private readonly output: Output;
  private isShown = false;

  constructor(output: Output) {
    this.output = output;
  }

  show(text: string): void {
    if (this.output.isTTY !== true) return;
    this.output.write(`${ERASE_LINE}${text}`);
    this.isShown = true;
  }

  clear(): void {
    if (this.isShown) this.output.write(ERASE_LINE);
    this.isShown = false;
  }
}
