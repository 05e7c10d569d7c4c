import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A zip archive that is written while it is sent, one part after the other: none is opened before its turn, and none is held as a whole. */
export class Archive {
  private readonly zip = new ZipFile();
  private readonly output = this.zip.outputStream as Readable;
  private underWay: Readable | undefined;

  constructor() {
    this.zip.on('error', (error: Error) => this.output.destroy(error));
    // Whoever asked may be gone before the end.
    this.output.once('close', () => this.underWay?.destroy());
  }

  add(path: string, open: () => Readable): void {
    this.zip.addReadStreamLazy(path, (give) => {
      const part = open();
      this.underWay = part;
      // An archive that breaks off is seen to be broken; one that leaves something out is not.
      part.once('error', (error) => this.output.destroy(error));
      give(null, part);
    });
  }

  addText(path: string, text: string): void {
    this.zip.addBuffer(Buffer.from(text), path);
  }

  /** Nothing more comes. */
  end(): Readable {
    this.zip.end();
    return this.output;
  }
}
