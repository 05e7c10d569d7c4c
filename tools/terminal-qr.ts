import qrcode from 'qrcode';

/** Cameras need four light modules around a code, also where the terminal is dark. */
const QUIET_MODULES = 4;
/** Black on bright white, whatever the terminal's own colours: many scanners do not read a code that is light on dark. */
const COLOURS = '\u001b[30;107m';
const RESET = '\u001b[0m';
const HALF_BLOCKS = { none: ' ', upper: '▀', lower: '▄', both: '█' } as const;

/** The lines of a QR code, two rows of modules in each, because a character is twice as high as it is wide. */
export function terminalQr(text: string): readonly string[] {
  const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
  const isInside = (index: number): boolean => index >= 0 && index < modules.size;
  const isDark = (row: number, column: number): boolean => isInside(row) && isInside(column) && modules.get(row, column) === 1;
  const lines: string[] = [];
  for (let row = -QUIET_MODULES; row < modules.size + QUIET_MODULES; row += 2) {
    let line = '';
    for (let column = -QUIET_MODULES; column < modules.size + QUIET_MODULES; column += 1) line += halfBlock(isDark(row, column), isDark(row + 1, column));
    lines.push(`${COLOURS}${line}${RESET}`);
  }
  return lines;
}

function halfBlock(upper: boolean, lower: boolean): string {
  return HALF_BLOCKS[upper && lower ? 'both' : upper ? 'upper' : lower ? 'lower' : 'none'];
}
