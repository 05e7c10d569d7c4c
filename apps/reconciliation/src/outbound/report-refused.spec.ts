import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { reportRefusals, type ReportFault } from './report-refused.js';

const tell = (fault: ReportFault) => (reportRefusals[fault.kind] as (fault: ReportFault) => ReturnType<(typeof reportRefusals)['NotXml']>)(fault);

describe('a report that is refused', () => {
  it('is told what is wrong with it and what to do, under a reason that stays', () => {
    const faults: readonly [ReportFault, string, RegExp][] = [
      [{ kind: 'OtherReport', wanted: 'settlementSummary', found: 'settlementItems' }, 'report-other', /a settlement summary, .*settlement items: send/],
      [{ kind: 'UnitContradicted', unit: 'minor' }, 'unit-contradicted', /files\.unit/],
      [{ kind: 'TooManyRows', rowsMax: 10 }, 'rows-too-many', /more than 10/],
      [{ kind: 'NotWorkbook', reason: 'it has no sheet' }, 'workbook-unreadable', /no sheet; save it again/],
      [{ kind: 'Bomb', part: 'xl/a.xml', reason: 'unpacks to more than 200 times its size' }, 'workbook-too-large', /"xl\/a.xml" of the workbook unpacks/],
      [{ kind: 'TooLarge', bytesMax: 5 }, 'statement-too-large', /at most 5 bytes/],
      [{ kind: 'TooManyLines', linesMax: 5 }, 'lines-too-many', /at most 5 lines/],
      [{ kind: 'NotXml', reason: 'is not UTF-8' }, 'xml-unreadable', /is not UTF-8/],
      [{ kind: 'DoctypeForbidden' }, 'xml-doctype', /without/],
      [{ kind: 'NotCamt053', path: 'Document', reason: 'is missing' }, 'statement-other', /Document: is missing/],
      [{ kind: 'BalanceDiffers', statement: 'S-1', expected: money('USD', 12_075n), closing: money('USD', 12_076n) }, 'balance-differs', /"S-1" come to 120\.75 USD, .* 120\.76 USD/],
      [{ kind: 'NotCsv', reason: 'a quote is open' }, 'csv-unreadable', /a quote is open/],
      [{ kind: 'StatementEmpty' }, 'statement-empty', /of which day/],
      [{ kind: 'OtherBankAccount', named: ['DE02', ''] }, 'bank-account-other', /is of DE02, no account, .*bank\.number/],
      [{ kind: 'MappingMissing', accountIds: ['demo-usd'] }, 'mapping-missing', /not set for demo-usd: set bank\.csv/],
    ];
    for (const [fault, reason, detail] of faults) expect(tell(fault)).toEqual({ reason, detail: expect.stringMatching(detail), faults: [] });
    expect(new Set(faults.map(([, reason]) => reason)).size).toBe(faults.length);
    expect([...faults.map(([{ kind }]) => kind), 'SummaryDiffers'].sort()).toEqual(Object.keys(reportRefusals).sort());
  });

  it('has the lines and columns in which a summary does not add up', () => {
    const refused = tell({ kind: 'SummaryDiffers', faults: [
      { kind: 'TotalDiffers', batchId: 'B1', currency: 'USD', line: 2, differs: [{ figure: 'count', ours: 2n, theirs: 3n }, { figure: 'net', ours: 725n, theirs: 726n }, { figure: 'fee', ours: -25n, theirs: 0n }] },
      { kind: 'TotalMissing', batchId: 'B2' }, { kind: 'TypeRepeated', batchId: 'B3', type: 'REFUND', lines: [4, 5] },
    ] });
    expect(refused.reason).toBe('totals-differ');
    expect(refused.detail).toBe('the summary does not add up: the types of batch B1 come to count 2, and its TOTAL says 3; ask Alipay for a correct one');
    expect(refused.faults.map(({ line, column, reason }) => [line, column, reason])).toEqual([
      [2, 'count', 'the types of batch B1 come to count 2, and its TOTAL says 3'], [2, 'settlementAmountValue', 'the types of batch B1 come to net 725, and its TOTAL says 726'],
      [2, 'fee', 'the types of batch B1 come to fee -25, and its TOTAL says 0'], [null, 'summaryType', 'batch B2 has no TOTAL'],
      [4, 'summaryType', 'batch B3 has REFUND more than once'], [5, 'summaryType', 'batch B3 has REFUND more than once'],
    ]);
  });
});
