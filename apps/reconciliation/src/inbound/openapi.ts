import {
  acceptQuery, breaksQuery, breaksView, contractHistoryView, contractParams, contractRequest, contractsQuery, contractsView, contractView, dayParams, dayView, expectationsView, fileParams, filesQuery, filesView, fileView,
  importQuery, importView, timelinePart,
  runQuery, runsView,
} from '@scantill/contracts';
import { openApi } from '@scantill/platform';
import { z } from 'zod';
import { breakRoutes } from './breaks-openapi.js';
import { orderParams } from './expectations.controller.js';
import { reportRoutes } from './reports-openapi.js';

const fileForm = z.object({ file: z.string().describe("The file, under Alipay's name: transactionItems_<YYYYMMDD>_<seq>.csv") });

export const document = openApi('Scantill reconciliation', [
  {
    method: 'post', path: '/v1/files', scope: 'reports',
    summary: "Takes a file of Alipay's in as a whole and compares what it is about; also as the body itself (text/csv) with ?name=.",
    query: importQuery, body: { mediaType: 'multipart/form-data', schema: fileForm },
    answers: {
      201: { description: 'Imported', schema: importView }, 200: { description: 'The same file was imported before; nothing was changed', schema: importView },
      202: { description: 'Kept. The import goes on, and `progress` at the address in Location tells how far it is; or it is `pending`: it changes what an earlier edition said', schema: fileView },
    },
    problems: ['file.refused', 'file.cancelled', 'file.no-room', 'request.too-large', 'request.unsupported-media-type'],
  },
  {
    method: 'get', path: '/v1/files', scope: 'reports',
    summary: 'Every file that came, by whatever way, also those that were refused.',
    query: filesQuery,
    answers: { 200: { description: 'A page of files, the newest first', schema: filesView } },
  },
  {
    method: 'get', path: '/v1/files/{fileId}', scope: 'reports',
    summary: 'A file, how far its import is, and why it was refused.',
    params: fileParams,
    answers: { 200: { description: 'With its faults', schema: fileView } },
    problems: ['file.not-found'],
  },
  {
    method: 'get', path: '/v1/files/{fileId}/content', scope: 'reports',
    summary: 'The file as it came, to the byte.',
    params: fileParams,
    answers: { 200: { description: 'application/octet-stream' } },
    problems: ['file.not-found'],
  },
  {
    method: 'post', path: '/v1/files/{fileId}/cancel', scope: 'reports',
    summary: 'Ends the import of a file, or puts an edition away that waits to be accepted; only persons may do that. Nothing of it stays but the file; sent again, it is tried again.',
    params: fileParams,
    answers: { 202: { description: 'Asked; the status becomes cancelled, or pending again where a person had accepted the file', schema: fileView } },
    problems: ['file.not-found', 'file.already-ended', 'file.person-needed'],
  },
  {
    method: 'post', path: '/v1/files/{fileId}/accept', scope: 'resolve',
    summary: 'Takes an edition of a file in force although it changes what the one before it said. Only persons may do that.',
    params: fileParams, query: acceptQuery,
    answers: { 201: { description: 'Imported', schema: importView }, 202: { description: 'The import goes on', schema: fileView } },
    problems: ['file.not-found', 'file.not-pending', 'file.person-needed', 'file.refused', 'file.cancelled'],
  },
  {
    method: 'get', path: '/v1/days/{date}/runs', scope: 'reports',
    summary: 'Every comparison of a day and what it came to.',
    params: dayParams,
    answers: { 200: { description: 'The newest of each account and kind first', schema: runsView } },
  },
  {
    method: 'post', path: '/v1/days/{date}/runs', scope: 'reports',
    summary: 'Compares a day again now. Where nothing changed, the hash is the same.',
    params: dayParams, query: runQuery,
    answers: { 201: { description: 'All comparisons of the day', schema: runsView } },
    problems: ['day.not-found'],
  },
  {
    method: 'get', path: '/v1/days/{date}', scope: 'reports',
    summary: 'How a day stands, by account.',
    params: dayParams,
    answers: { 200: { description: 'Every account of which anything is known on that day', schema: dayView } },
    problems: ['day.not-found'],
  },
  {
    method: 'get', path: '/v1/days/{date}/breaks', scope: 'reports',
    summary: 'What does not agree on a day, with the evidence; also as CSV, with Accept: text/csv or ?format=csv.',
    params: dayParams, query: breaksQuery,
    answers: { 200: { description: 'A page of breaks', schema: breaksView } },
    problems: ['day.not-found'],
  },
  ...breakRoutes,
  ...reportRoutes,
  {
    method: 'get', path: '/v1/contracts', scope: 'reports',
    summary: 'What the accounts agreed with Alipay, as it is in force.',
    query: contractsQuery,
    answers: { 200: { description: 'By account and first day', schema: contractsView } },
  },
  {
    method: 'get', path: '/v1/contracts/{accountId}/{validFrom}', scope: 'reports',
    summary: 'A contract in all its versions, with who wrote them.',
    params: contractParams,
    answers: { 200: { description: 'Newest first', schema: contractHistoryView } },
    problems: ['contract.not-found'],
  },
  {
    method: 'put', path: '/v1/contracts/{accountId}/{validFrom}', scope: 'resolve',
    summary: 'Writes a contract, or a new version of it. Expectations that are open already keep what was foreseen.',
    params: contractParams, body: { schema: contractRequest },
    answers: { 201: { description: 'A new contract', schema: contractView }, 200: { description: 'A new version, or nothing new', schema: contractView } },
    problems: ['contract.unknown-account', 'contract.overlaps'],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/expectations', scope: ['orders', 'reports'],
    summary: "What Alipay's files must say of an order, and whether they do.",
    params: orderParams,
    answers: { 200: { description: 'Empty while nothing is expected', schema: expectationsView } },
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/timeline', scope: ['orders', 'reports'],
    summary: "Our part of an order's time line: expectations, the lines that list them, breaks.",
    params: orderParams,
    answers: { 200: { description: 'Oldest first; empty while nothing is known', schema: timelinePart } },
  },
]);
