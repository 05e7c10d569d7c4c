import { describe, expect, it } from '@jest/globals';
import { bankCsvMapping } from '@scantill/contracts';
import { readBankCsv } from './bank-csv.js';
import { readCamt053, STATEMENT_BYTES_MAX } from './camt053.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const entry = (changes: { amount?: string; currency?: string; way?: string; status?: string; day?: string; more?: string } = {}) => {
  const { amount = '20.75', currency = 'USD', way = 'CRDT', status = '<Sts>BOOK</Sts>', day = '<BookgDt><Dt>2026-04-28</Dt></BookgDt>', more = '' } = changes;
  return `<Ntry><NtryRef>7</NtryRef><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd>${status}${day}${more}</Ntry>`;
};
const balance = (code: string, amount: string, way = 'CRDT') => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="USD">${amount}</Amt><CdtDbtInd>${way}</CdtDbtInd><Dt><Dt>2026-04-28</Dt></Dt></Bal>`;
const statement = (inside: string, prefix = '') => `<?xml version="1.0" encoding="UTF-8"?>
<${prefix}Document xmlns${prefix === '' ? '' : ':c'}="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><${prefix}BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>S-1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>${inside}</Stmt></${prefix}BkToCstmrStmt></${prefix}Document>`;
const details = (ids: string, texts: readonly string[]) => `<NtryDtls><TxDtls><Refs>${ids}</Refs><RmtInf>${texts.map((text) => `<Ustrd>${text}</Ustrd>`).join('')}</RmtInf></TxDtls></NtryDtls>`;
const refusal = (text: string) => {
  const read = readCamt053(bytes(text));
  return read.ok ? undefined : read.error;
};

describe('a bank statement in camt.053', () => {
  it('gives its booked lines, signed, with words and reference', () => {
    const inside = [
      balance('OPBD', '100.00'), balance('CLBD', '115.75'),
      entry({ more: details('<EndToEndId>2018122611021040123</EndToEndId>', ['ALIPAY SETTLEMENT', 'M&amp;S &#233; &lt; 2018122611021040123']) }),
      entry({ amount: '5.000', way: 'DBIT', status: '<Sts><Cd>BOOK</Cd></Sts>', day: '<BookgDt><DtTm>2026-04-28T23:10:00+02:00</DtTm></BookgDt>', more: '<AcctSvcrRef>A9</AcctSvcrRef><AddtlNtryInf>Account fee</AddtlNtryInf>' }),
      entry({ status: '<Sts>PDNG</Sts>', amount: '999' }),
    ].join('');
    expect(readCamt053(bytes(statement(inside)))).toEqual({ ok: true, value: [{
      id: 'S-1', account: 'DE02120300000000202051', currency: 'USD', closedOn: '2026-04-28',
      lines: [
        { line: 1, bookedOn: '2026-04-28', amount: { currency: 'USD', minor: 2_075n }, text: 'ALIPAY SETTLEMENT M&S é < 2018122611021040123', reference: '2018122611021040123' },
        { line: 2, bookedOn: '2026-04-28', amount: { currency: 'USD', minor: -500n }, text: 'Account fee', reference: 'A9' },
      ],
    }] });
  });

  it('may have a prefix, be empty, or name no reference but its own', () => {
    expect(readCamt053(bytes(statement(entry({ more: details('<EndToEndId>NOTPROVIDED</EndToEndId>', []) }), 'c:')))).toMatchObject({ ok: true, value: [{ lines: [{ reference: '7', text: '' }] }] });
    expect(readCamt053(bytes(statement('')))).toMatchObject({ ok: true, value: [{ lines: [] }] });
  });

  it('may be one of several in a file, whose entries are counted through', () => {
    const text = statement(entry() + entry());
    const second = /<Stmt>.*<\/Stmt>/.exec(text)?.[0].replace('S-1', 'S-2').replace('<Acct>', '<FrToDt><FrDtTm>2026-04-28T00:00:00</FrDtTm><ToDtTm>2026-04-29T23:59:59</ToDtTm></FrToDt><Acct>') ?? '';
    const read = readCamt053(bytes(text.replace('</Stmt>', `</Stmt>${second}`)));
    expect(read.ok && read.value.map(({ id, closedOn, lines }) => [id, closedOn, ...lines.map(({ line }) => line)])).toEqual([['S-1', null, 1, 2], ['S-2', '2026-04-29', 3, 4]]);
  });

  it('is refused with a document type, which could hold entities', () => {
    const bomb = `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>${statement(entry())}`;
    expect(refusal(bomb)).toEqual({ kind: 'DoctypeForbidden' });
    expect(refusal(statement(entry({ more: '<AddtlNtryInf>&xxe;</AddtlNtryInf>' })).replace('<?xml', '<!doctype a SYSTEM "file:///etc/passwd"><?xml'))).toEqual({ kind: 'DoctypeForbidden' });
  });

  it('is refused when it nests too deep, is too large, or no XML at all', () => {
    expect(refusal(statement(`${'<a>'.repeat(60)}${'</a>'.repeat(60)}`))).toMatchObject({ kind: 'NotXml', reason: expect.stringMatching(/nest/i) });
    expect(readCamt053(new Uint8Array(STATEMENT_BYTES_MAX + 1))).toEqual({ ok: false, error: { kind: 'TooLarge', bytesMax: STATEMENT_BYTES_MAX } });
    expect(refusal(statement(entry()).slice(0, -20))).toMatchObject({ kind: 'NotXml' });
    expect(readCamt053(new Uint8Array([0xff, 0xfe]))).toMatchObject({ error: { kind: 'NotXml', reason: 'is not UTF-8' } });
    expect(refusal('<Document><Other/></Document>')).toMatchObject({ kind: 'NotCamt053', path: 'Document/BkToCstmrStmt' });
    expect(refusal('')).toMatchObject({ kind: expect.stringMatching(/^Not/) });
  });

  it('is refused when its lines do not come to its closing balance', () => {
    expect(refusal(statement(balance('OPBD', '100.00') + balance('CLBD', '120.76') + entry()))).toEqual({
      kind: 'BalanceDiffers', statement: 'S-1', expected: { currency: 'USD', minor: 12_075n }, closing: { currency: 'USD', minor: 12_076n },
    });
    expect(refusal(statement(balance('OPBD', '20.75', 'DBIT') + balance('CLBD', '0.00', 'DBIT') + entry()))).toBeUndefined();
  });

  it('names the entries that cannot be read', () => {
    const inside = entry() + entry({ amount: '1,5' }) + entry({ amount: '1.005' }) + entry({ currency: 'XXX' }) + entry({ amount: '-1' }) + entry({ day: '<BookgDt><Dt>2026-02-30</Dt></BookgDt>' });
    expect(refusal(statement(inside))).toEqual({ kind: 'BadRows', count: 5, faults: [
      { line: 2, column: 'Amt', reason: 'is not a number of at most 16 digits' }, { line: 3, column: 'Amt', reason: 'has 3 decimals, and USD has 2' },
      { line: 4, column: 'Amt', reason: 'has a currency that we do not know' }, { line: 5, column: 'Amt', reason: 'is negative; the direction stands beside it' }, { line: 6, column: 'BookgDt', reason: 'is not a day' },
    ] });
  });
});

describe('a bank statement in CSV', () => {
  const german = bankCsvMapping.parse({ delimiter: ';', decimal: ',', dateForm: 'DD.MM.YYYY', skipLines: 2, columns: { date: 'Buchung', amount: 'Betrag', currency: 'Währung', text: ['Name', 'Zweck'], reference: 'Referenz' } });
  const split = bankCsvMapping.parse({ dateForm: 'MM/DD/YYYY', currency: 'USD', columns: { date: 'Date', credit: 'In', debit: 'Out', text: ['Text'] } });
  const read = (text: string, mapping = german, cut = 7) => {
    const all = bytes(text);
    return readBankCsv((async function* () {
      for (let at = 0; at < all.length; at += cut) yield all.subarray(at, at + cut);
    })(), mapping);
  };

  it('is read as its bank writes it', async () => {
    const text = '\uFEFFKonto;DE02\r\nvon;bis\r\nBuchung;Name;Zweck;Betrag;Währung;Referenz;Saldo\r\n28.04.2026;ALIPAY;"Batch 2018122611021040123; danke";1.020,75;EUR;R-1;9\r\n29.04.2026;Bank;;-5,5;EUR;;4\r\n';
    for (const cut of [1, 7, 10_000]) {
      expect(await read(text, german, cut)).toEqual({ ok: true, value: [
        { line: 4, bookedOn: '2026-04-28', amount: { currency: 'EUR', minor: 102_075n }, text: 'ALIPAY Batch 2018122611021040123; danke', reference: 'R-1' },
        { line: 5, bookedOn: '2026-04-29', amount: { currency: 'EUR', minor: -550n }, text: 'Bank', reference: null },
      ] });
    }
    expect(await read('Date,In,Out,Text\n04/28/2026,"1,020.75",,A\n04/29/2026,,5.5,B\n04/29/2026,,-6,C\n', split)).toMatchObject({ value: [{ amount: { minor: 102_075n } }, { amount: { minor: -550n } }, { amount: { minor: -600n } }] });
  });

  it('is refused with what is wrong with it', async () => {
    expect(await read('Date,In,Text\n', split)).toEqual({ ok: false, error: { kind: 'MissingColumns', columns: ['Out'], expected: ['Date', 'In', 'Out', 'Text'] } });
    expect(await read('', split)).toMatchObject({ error: { kind: 'MissingColumns' } });
    expect(await read('Date,In,Out,Text\n04/28/2026,"1,02.75",,A\n13/28/2026,1,,A\n04/28/2026,1,1,A\n04/28/2026,,,A\n04/28/2026,x,,A\n', split)).toEqual({ ok: false, error: { kind: 'BadRows', count: 5, faults: [
      { line: 2, column: 'In', reason: 'is not a number of at most 16 digits' }, { line: 3, column: 'Date', reason: 'is not a day like MM/DD/YYYY' },
      { line: 4, column: 'In', reason: 'and the debit beside it: exactly one of them has an amount' }, { line: 5, column: 'In', reason: 'and the debit beside it: exactly one of them has an amount' },
      { line: 6, column: 'In', reason: 'is not a number of at most 16 digits' },
    ] } });
    expect(await read('Date,In,Out,Text\n04/28/2026,1\n', split)).toMatchObject({ error: { kind: 'NotCsv' } });
    expect(await read(`Date,In,Out,Text\n"${'x'.repeat(100_000)}`, split, 4_096)).toMatchObject({ error: { kind: 'NotCsv' } });
  });

  it('ends with what broke its source', async () => {
    const broken = (async function* () {
      yield bytes('Date,In,Out,Text\n');
      throw new Error('the disk is gone');
    })();
    await expect(readBankCsv(broken, split)).rejects.toThrow('the disk is gone');
  });

  it('has a mapping that says one thing', () => {
    const columns = { date: 'D', text: ['T'] };
    for (const wrong of [{ columns: { ...columns, amount: 'A', debit: 'B' }, currency: 'USD' }, { columns, currency: 'USD' }, { columns: { ...columns, amount: 'A' } }, { columns: { ...columns, amount: 'A', currency: 'C' }, currency: 'USD' }]) {
      expect(bankCsvMapping.safeParse(wrong).success).toBe(false);
    }
  });
});
