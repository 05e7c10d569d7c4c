import { minorDigits, type Currency } from '@scantill/kernel';
import type { ColumnKind } from './report-tables.js';

/** What a cell looks like; `quoted` is text that stays text when somebody edits it. */
export type Style = 'plain' | 'title' | 'note' | 'section' | 'header' | 'headerRight' | 'quoted' | 'decimal' | 'date' | 'count' | 'amount0' | 'amount2' | 'amount3' | 'total' | 'totalCount' | 'totalAmount0' | 'totalAmount2' | 'totalAmount3';

interface Form {
  readonly font?: number;
  readonly fill?: number;
  readonly border?: number;
  readonly format?: number;
  readonly align?: 'left' | 'right';
  /** Text stands off the number before it. */
  readonly indent?: number;
  readonly quoted?: boolean;
}

const COUNT = 3;
const DATE = 164;
const AMOUNTS = { 0: 165, 2: 166, 3: 167 } as const;
const BOLD = 1;
const TOTAL_LINE = 1;

const FORMS = {
  plain: { align: 'left', indent: 1 },
  title: { font: 2, align: 'left', indent: 1 },
  note: { font: 3, align: 'left', indent: 1 },
  section: { font: 4, align: 'left', indent: 1 },
  decimal: {},
  header: { font: 5, fill: 2, align: 'left', indent: 1 },
  headerRight: { font: 5, fill: 2, align: 'right' },
  quoted: { quoted: true, align: 'left', indent: 1 },
  date: { format: DATE, align: 'left', indent: 1 },
  count: { format: COUNT },
  amount0: { format: AMOUNTS[0] }, amount2: { format: AMOUNTS[2] }, amount3: { format: AMOUNTS[3] },
  total: { font: BOLD, border: TOTAL_LINE, align: 'left', indent: 1 },
  totalCount: { font: BOLD, border: TOTAL_LINE, format: COUNT },
  totalAmount0: { font: BOLD, border: TOTAL_LINE, format: AMOUNTS[0] }, totalAmount2: { font: BOLD, border: TOTAL_LINE, format: AMOUNTS[2] }, totalAmount3: { font: BOLD, border: TOTAL_LINE, format: AMOUNTS[3] },
} as const satisfies Record<Style, Form>;

const NAMES = Object.keys(FORMS) as readonly Style[];

/** The number by which a cell names its style. */
export function styleId(style: Style): number {
  return NAMES.indexOf(style);
}

export function amountStyle(currency: Currency, isTotal: boolean): Style {
  const digits = minorDigits(currency) as 0 | 2 | 3;
  return isTotal ? `totalAmount${digits}` : `amount${digits}`;
}

export function headerStyle(kind: ColumnKind): Style {
  return kind === 'amount' || kind === 'count' || kind === 'decimal' ? 'headerRight' : 'header';
}

/** `styles.xml`. Source: ECMA-376, part 1, 18.8. */
export function stylesXml(): string {
  const amountFormat = (fraction: string) => `#,##0${fraction};[Red]\\-#,##0${fraction}`;
  const formats = [`<numFmt numFmtId="${DATE}" formatCode="yyyy\\-mm\\-dd"/>`, ...([[0, ''], [2, '.00'], [3, '.000']] as const).map(([digits, fraction]) => `<numFmt numFmtId="${AMOUNTS[digits]}" formatCode="${amountFormat(fraction)}"/>`)];
  const font = (size: number, more = '', color = 'FF1F2937') => `<font>${more}<sz val="${size}"/><color rgb="${color}"/><name val="Calibri"/><family val="2"/></font>`;
  const fonts = [font(10), font(10, '<b/>'), font(16, '<b/>', 'FF0F3D5E'), font(10, '', 'FF6B7280'), font(12, '<b/>', 'FF0F3D5E'), font(10, '<b/>', 'FFFFFFFF')];
  const fills = ['<fill><patternFill patternType="none"/></fill>', '<fill><patternFill patternType="gray125"/></fill>', '<fill><patternFill patternType="solid"><fgColor rgb="FF0F3D5E"/></patternFill></fill>'];
  const borders = ['<border><left/><right/><top/><bottom/><diagonal/></border>', '<border><left/><right/><top style="thin"><color rgb="FF0F3D5E"/></top><bottom/><diagonal/></border>'];
  const cells = NAMES.map((name) => cellFormat(FORMS[name]));
  return `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${list('numFmts', formats)}${list('fonts', fonts)}${list('fills', fills)}${list('borders', borders)}${list('cellStyleXfs', ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'])}${list('cellXfs', cells)}${list('cellStyles', ['<cellStyle name="Normal" xfId="0" builtinId="0"/>'])}</styleSheet>`;
}

function cellFormat({ font = 0, fill = 0, border = 0, format = 0, align, indent = 0, quoted = false }: Form): string {
  const attributes = `numFmtId="${format}" fontId="${font}" fillId="${fill}" borderId="${border}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"${quoted ? ' quotePrefix="1"' : ''}`;
  return align === undefined ? `<xf ${attributes}/>` : `<xf ${attributes} applyAlignment="1"><alignment horizontal="${align}" indent="${indent}"/></xf>`;
}

function list(name: string, items: readonly string[]): string {
  return `<${name} count="${items.length}">${items.join('')}</${name}>`;
}
