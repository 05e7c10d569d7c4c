import { Controller, Get, Query, Res } from '@nestjs/common';
import { REPORT_BREAKS_MAX, reportCsvQuery, reportQuery, type ReportCsvQuery, type ReportQuery, type ReportView } from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import { addDays } from '../core/calendar.js';
import { GatherAudit } from '../flows/gather-audit.js';
import { ListBreaks } from '../flows/list-breaks.js';
import { MakeReport, type Report, type ReportWish } from '../flows/make-report.js';
import { auditPack } from './audit-pack.js';
import { everyBreak, statusesOf } from './break-view.js';
import { tableCsv } from './report-csv.js';
import { tablesOf, type ReportRows } from './report-tables.js';
import { toReportView } from './report-view.js';
import { reportWorkbook } from './report-workbook.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

@Controller('v1')
export class ReportsController {
  constructor(private readonly makeReport: MakeReport, private readonly listBreaks: ListBreaks, private readonly gatherAudit: GatherAudit) {}

  @Get('reports')
  @Needs('reports')
  async show(@Query({ schema: reportQuery }) query: ReportQuery, @Caller() caller: ApiKey): Promise<ReportView> {
    const wish = toWish(query, caller);
    return this.view(wish, await this.makeReport.run(wish));
  }

  @Get('reports.csv')
  @Needs('reports')
  async csv(@Query({ schema: reportCsvQuery }) { table: name, ...query }: ReportCsvQuery, @Caller() caller: ApiKey, @Res({ passthrough: true }) reply: FastifyReply): Promise<NodeJS.ReadableStream> {
    const wish = toWish(query, caller);
    const table = tablesOf(this.rows(wish, await this.makeReport.run(wish))).find((each) => each.name === name);
    if (table === undefined) throw new ProblemException('report.not-of-a-store', `${name} of ${wish.storeId}`);
    attach(reply, `${name}_${daysOf(wish)}.csv`, 'text/csv; charset=utf-8');
    return tableCsv(table);
  }

  @Get('reports.xlsx')
  @Needs('reports')
  async workbook(@Query({ schema: reportQuery }) query: ReportQuery, @Caller() caller: ApiKey, @Res({ passthrough: true }) reply: FastifyReply): Promise<NodeJS.ReadableStream> {
    const wish = toWish(query, caller);
    const rows = this.rows(wish, await this.makeReport.run(wish));
    attach(reply, `report_${daysOf(wish)}.xlsx`, XLSX);
    return reportWorkbook(rows.report, tablesOf(rows));
  }

  @Get('reports/audit-pack.zip')
  @Needs('reports')
  async pack(@Query({ schema: reportQuery }) query: ReportQuery, @Caller() caller: ApiKey, @Res({ passthrough: true }) reply: FastifyReply): Promise<NodeJS.ReadableStream> {
    const wish = toWish(query, caller);
    // Alipay's files are those of a whole account, so that a store would see the others.
    if (wish.storeId !== null) throw new ProblemException('report.not-of-a-store', `an audit pack of ${wish.storeId}`);
    const report = await this.makeReport.run(wish);
    const [view, files] = [await this.view(wish, report), await this.gatherAudit.files(wish)];
    attach(reply, `audit-pack_${daysOf(wish)}.zip`, 'application/zip');
    return auditPack({ wish, view, rows: this.rows(wish, report), files, gatherAudit: this.gatherAudit });
  }

  private async view(wish: ReportWish, report: Report): Promise<ReportView> {
    const { breaks, next } = await this.listBreaks.page(openBreaks(wish), 'oldest', null, REPORT_BREAKS_MAX);
    return toReportView(report, breaks, { isWhole: next === null, today: this.listBreaks.today() });
  }

  private rows(wish: ReportWish, report: Report): ReportRows {
    return {
      report, sales: this.makeReport.salesByDay(wish, eachDay(wish)), breaks: this.listBreaks.all(openBreaks(wish), 'oldest'), today: this.listBreaks.today(),
    };
  }
}

/** A key of one store sees its own store, and no other. */
function toWish({ from, to, account, store }: ReportQuery, caller: ApiKey): ReportWish {
  if (caller.storeId !== null && store !== undefined && store !== caller.storeId) throw new ProblemException('auth.forbidden', 'the key belongs to another store');
  return { chainId: caller.chainId, from, to: to ?? from, accountId: account ?? null, storeId: caller.storeId ?? store ?? null };
}

function openBreaks({ chainId, from, to, accountId, storeId }: ReportWish): Parameters<ListBreaks['all']>[0] {
  return { ...everyBreak(chainId), firstDate: from, lastDate: to, accountId, storeId, statuses: statusesOf('unresolved') };
}

function eachDay({ from, to }: ReportWish): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

function daysOf({ from, to }: ReportWish): string {
  return from === to ? from : `${from}_${to}`;
}

function attach(reply: FastifyReply, name: string, type: string): void {
  void reply.header('content-type', type).header('content-disposition', `attachment; filename="${name}"`);
}
