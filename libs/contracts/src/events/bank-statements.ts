import { z } from 'zod';
import { amount, text } from '../fields.js';

const column = z.string().min(1).max(128);
const bankDateForms = ['YYYY-MM-DD', 'YYYYMMDD', 'DD.MM.YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY'] as const;

/** How one bank writes its CSV files. Columns are named as in its header. */
export const bankCsvMapping = z
  .strictObject({
    delimiter: z.enum([',', ';', '\t']).default(','),
    decimal: z.enum(['.', ',']).default('.'),
    dateForm: z.enum(bankDateForms).default('YYYY-MM-DD'),
    skipLines: z.number().int().min(0).max(100).default(0).describe('Lines above the header that say whose statement it is'),
    columns: z.strictObject({
      date: column,
      amount: column.optional().describe('Signed; or two columns of which one is filled'), credit: column.optional(), debit: column.optional(),
      currency: column.optional(),
      text: z.array(column).min(1).max(10),
      reference: column.optional(),
    }),
    currency: amount.shape.currency.optional().describe('Where no column tells it'),
  })
  .superRefine(({ columns, currency }, context) => {
    const isSigned = columns.amount !== undefined && columns.credit === undefined && columns.debit === undefined;
    const isSplit = columns.amount === undefined && columns.credit !== undefined && columns.debit !== undefined;
    if (!isSigned && !isSplit) context.addIssue({ code: 'custom', path: ['columns'], message: 'name either amount, or credit and debit' });
    if ((columns.currency === undefined) === (currency === undefined)) context.addIssue({ code: 'custom', path: ['currency'], message: 'name either a column for the currency or the currency itself' });
  });
export type BankCsvMapping = z.output<typeof bankCsvMapping>;

/** Where Alipay pays out to. */
export const accountBank = z.object({
  number: text(64).optional().describe("IBAN, or the bank's own number of the account, as its statements name it"),
  csv: bankCsvMapping.optional().describe("How the bank's CSV files are read; without it they are refused"),
});
