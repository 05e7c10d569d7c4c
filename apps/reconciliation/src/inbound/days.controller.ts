import { Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { breaksQuery, dayParams, fromMoney, runQuery, type RunsView, type BreaksQuery, type BreaksView, type DayView } from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { BreakKind } from '../core/break-kind.js';
import { CompareDay } from '../flows/compare-day.js';
import { FindDay, type AccountDay, type Counted } from '../flows/find-day.js';
import { ListBreaks } from '../flows/list-breaks.js';
import { everyBreak, statusesOf, toBreakView } from './break-view.js';
import { breaksCsv, wantsCsv } from './breaks-csv.js';
import { refuseStoreKeys } from './store-keys.js';

type DayParams = z.infer<typeof dayParams>;

@Controller('v1/days')
export class DaysController {
  constructor(private readonly findDay: FindDay, private readonly listBreaks: ListBreaks, private readonly compareDay: CompareDay) {}

  @Get(':date')
  @Needs('reports')
  async show(@Param({ schema: dayParams }) { date }: DayParams, @Caller() caller: ApiKey): Promise<DayView> {
    return { date, accounts: (await this.known(date, caller)).map(toView) };
  }

  @Get(':date/breaks')
  @Needs('reports')
  async breaks(
    @Param({ schema: dayParams }) { date }: DayParams,
    @Query({ schema: breaksQuery }) query: BreaksQuery,
    @Caller() caller: ApiKey,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BreaksView | NodeJS.ReadableStream> {
    await this.known(date, caller);
    const filter = { ...everyBreak(caller.chainId), firstDate: date, lastDate: date, accountId: query.account ?? null, statuses: statusesOf(query.status === 'open' ? 'unresolved' : query.status) };
    const today = this.listBreaks.today();
    if (wantsCsv(query.format, accept)) {
      void reply.header('content-type', 'text/csv; charset=utf-8').header('content-disposition', `attachment; filename="breaks_${date}.csv"`);
      return breaksCsv(this.listBreaks.all(filter, 'oldest'), today);
    }
    // All of one day, so that the id alone says where the next page begins.
    const { breaks, next } = await this.listBreaks.page(filter, 'oldest', query.after === undefined ? null : { value: date, id: query.after }, query.limit);
    return { date, breaks: breaks.map((each) => toBreakView(each, today)), next: next?.id ?? null };
  }

  @Get(':date/runs')
  @Needs('reports')
  async runs(@Param({ schema: dayParams }) { date }: DayParams, @Caller() caller: ApiKey): Promise<RunsView> {
    refuseStoreKeys(caller);
    return { date, runs: (await this.compareDay.runs(caller.chainId, date)).map((run) => ({ ...run, files: [...run.files], at: run.at.toISOString() })) };
  }

  @Post(':date/runs')
  @Needs('reports')
  async compare(@Param({ schema: dayParams }) { date }: DayParams, @Query({ schema: runQuery }) { account }: z.infer<typeof runQuery>, @Caller() caller: ApiKey): Promise<RunsView> {
    refuseStoreKeys(caller);
    if (!(await this.compareDay.again(caller.chainId, date, account))) throw new ProblemException('day.not-found');
    return this.runs({ date }, caller);
  }

  private async known(date: string, caller: ApiKey): Promise<AccountDay[]> {
    refuseStoreKeys(caller);
    const accounts = await this.findDay.run(caller.chainId, date);
    if (accounts.length === 0) throw new ProblemException('day.not-found');
    return accounts;
  }
}

function toView({ accountId, files, lines, expected, matched, breaks }: AccountDay): DayView['accounts'][number] {
  const byKind = new Map<BreakKind, { kind: BreakKind; count: number; amountAtRisk: ReturnType<typeof fromMoney>[] }>();
  for (const { kind, count, amountAtRisk } of breaks) {
    const before = byKind.get(kind);
    byKind.set(kind, { kind, count: count + (before?.count ?? 0), amountAtRisk: [...before?.amountAtRisk ?? [], fromMoney(amountAtRisk)] });
  }
  const counted = ({ count, amounts }: Counted) => ({ count, amounts: amounts.map(fromMoney) });
  return {
    accountId,
    // A part can only be imported after those before it.
    complete: files.some(({ status }) => status === 'in-force'),
    files: files.map(({ id, name, sequence, sha256, bytes, lines: count, status, receivedAt, receivedBy }) => ({
      fileId: id, name, sequence, sha256, bytes: bytes.toString(), lines: count, status, receivedAt: receivedAt.toISOString(), receivedBy,
    })),
    lines: counted(lines), expected: counted(expected), matched: counted(matched),
    breaks: [...byKind.values()],
  };
}
