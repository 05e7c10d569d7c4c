import { ledgerAccountsRequest, ledgerAccountsView, ledgerPeriodParams, ledgerPeriodRequest, ledgerPeriodsView, ledgerPeriodView, reportCsvQuery, reportQuery, reportView } from '@scantill/contracts';
import type { RouteDescription } from '@scantill/platform';

export const reportRoutes: readonly RouteDescription[] = [
  {
    method: 'get', path: '/v1/reports', scope: 'reports',
    summary: 'A day or a period, of all accounts, one account or one store: sales, fees, exchange, pay-outs, what is not settled, the bridge from sales to the bank, breaks and journal.',
    query: reportQuery,
    answers: { 200: { description: 'Amounts in minor units', schema: reportView } },
  },
  {
    method: 'get', path: '/v1/reports.csv', scope: 'reports',
    summary: "One table of it, row by row; amounts with the currency's digits.",
    query: reportCsvQuery,
    answers: { 200: { description: 'With a header', mediaType: 'text/csv' } },
    problems: ['report.not-of-a-store'],
  },
  {
    method: 'get', path: '/v1/reports.xlsx', scope: 'reports',
    summary: 'All of it as a workbook: a summary, and a sheet for each table.',
    query: reportQuery,
    answers: { 200: { description: 'With real numbers and dates', mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' } },
  },
  {
    method: 'get', path: '/v1/reports/audit-pack.zip', scope: 'reports',
    summary: 'What proves it: the files as they came, every break with its history, every comparison with the hash of its result, the report itself, and a manifest with the SHA-256 of each.',
    query: reportQuery,
    answers: { 200: { description: 'An archive', mediaType: 'application/zip' } },
    problems: ['report.not-of-a-store'],
  },
  {
    method: 'get', path: '/v1/ledger-accounts', scope: 'reports',
    summary: 'Which accounts of the general ledger the journal books to.',
    answers: { 200: { description: 'By what they are for', schema: ledgerAccountsView } },
  },
  {
    method: 'put', path: '/v1/ledger-accounts', scope: 'resolve',
    summary: 'Names some of them. Months that are locked keep those that they were booked with.',
    body: { schema: ledgerAccountsRequest },
    answers: { 200: { description: 'All of them, as they are now', schema: ledgerAccountsView } },
  },
  {
    method: 'get', path: '/v1/ledger-periods', scope: 'reports',
    summary: 'The months that are locked.',
    answers: { 200: { description: 'The newest first', schema: ledgerPeriodsView } },
  },
  {
    method: 'put', path: '/v1/ledger-periods/{month}', scope: 'resolve',
    summary: 'Locks a month that is over: its journal stays as it is, and later changes are booked in the next month that is open. A lock is for good.',
    params: ledgerPeriodParams, body: { schema: ledgerPeriodRequest },
    answers: { 200: { description: 'Locked, now or before', schema: ledgerPeriodView } },
    problems: ['ledger.month-not-over', 'ledger.person-needed'],
  },
];
