import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  breakApproval, breakAssignment, breakComment, breakExplanation, breakListQuery, breakParams, breakReason, type BreakDetailView, type BreakListQuery, type BreakListView,
} from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { datesOfBucket } from '../core/break-age.js';
import { breakKindNames, kindsOf } from '../core/break-kind.js';
import type { Action } from '../core/decide-break.js';
import { ActOnBreak } from '../flows/act-on-break.js';
import { ListBreaks } from '../flows/list-breaks.js';
import { breakRefused } from './break-refused.js';
import { everyBreak, statusesOf, toBreakDetailView, toBreakView } from './break-view.js';
import { breaksCsv, wantsCsv } from './breaks-csv.js';
import { refuseStoreKeys } from './store-keys.js';

type BreakParams = z.infer<typeof breakParams>;
/** An action without who asks for it. */
type Asked = Action extends infer Each ? (Each extends Action ? Omit<Each, 'by'> : never) : never;

@Controller('v1/breaks')
export class BreaksController {
  constructor(private readonly listBreaks: ListBreaks, private readonly actOnBreak: ActOnBreak) {}

  @Get()
  @Needs('reports', 'resolve')
  async list(
    @Query({ schema: breakListQuery }) query: BreakListQuery,
    @Caller() caller: ApiKey,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BreakListView | NodeJS.ReadableStream> {
    refuseStoreKeys(caller);
    const today = this.listBreaks.today();
    const filter = toFilter(query, caller.chainId, today);
    if (wantsCsv(query.format, accept)) {
      void reply.header('content-type', 'text/csv; charset=utf-8').header('content-disposition', `attachment; filename="breaks_${today}.csv"`);
      return breaksCsv(this.listBreaks.all(filter, query.sort), today);
    }
    const [value = '', id = ''] = query.after?.split('~') ?? [];
    const { breaks, next } = await this.listBreaks.page(filter, query.sort, query.after === undefined ? null : { value, id }, query.limit);
    return { breaks: breaks.map((each) => toBreakView(each, today)), next: next === null ? null : `${next.value}~${next.id}` };
  }

  @Get(':breakId')
  @Needs('reports', 'resolve')
  async show(@Param({ schema: breakParams }) { breakId }: BreakParams, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    refuseStoreKeys(caller);
    const each = await this.listBreaks.find(caller.chainId, breakId);
    if (each === undefined) throw new ProblemException('break.not-found');
    return toBreakDetailView(each.found, each.history, this.listBreaks.today());
  }

  @Post(':breakId/comment')
  @HttpCode(200)
  @Needs('resolve')
  comment(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakComment }) body: z.infer<typeof breakComment>, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'comment', ...body });
  }

  @Post(':breakId/assign')
  @HttpCode(200)
  @Needs('resolve')
  assign(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakAssignment }) { owner, dueOn }: z.infer<typeof breakAssignment>, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'assign', ...(owner === undefined ? {} : { owner }), ...(dueOn === undefined ? {} : { dueOn }) });
  }

  @Post(':breakId/explain')
  @HttpCode(200)
  @Needs('resolve')
  explain(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakExplanation }) body: z.infer<typeof breakExplanation>, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'explain', ...body });
  }

  @Post(':breakId/propose-resolution')
  @HttpCode(200)
  @Needs('resolve')
  propose(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakReason }) body: z.infer<typeof breakReason>, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'propose-resolution', ...body });
  }

  @Post(':breakId/approve')
  @HttpCode(200)
  @Needs('resolve')
  approve(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakApproval.nullish() }) body: z.infer<typeof breakApproval> | null | undefined, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'approve', proposal: body?.proposal ?? null });
  }

  @Post(':breakId/reject')
  @HttpCode(200)
  @Needs('resolve')
  reject(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakReason }) body: z.infer<typeof breakReason>, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'reject', ...body });
  }

  @Post(':breakId/reopen')
  @HttpCode(200)
  @Needs('resolve')
  reopen(@Param({ schema: breakParams }) params: BreakParams, @Body({ schema: breakReason }) body: z.infer<typeof breakReason>, @Caller() caller: ApiKey): Promise<BreakDetailView> {
    return this.act(params, caller, { kind: 'reopen', ...body });
  }

  private async act({ breakId }: BreakParams, caller: ApiKey, asked: Asked): Promise<BreakDetailView> {
    refuseStoreKeys(caller);
    const cause = { correlationId: randomUUID(), causationId: null };
    const done = await this.actOnBreak.run({ chainId: caller.chainId, breakId, action: { ...asked, by: caller.owner }, cause });
    if (!done.ok) throw breakRefused(done.error);
    return this.show({ breakId }, caller);
  }
}

function toFilter(query: BreakListQuery, chainId: string, today: string): ReturnType<typeof everyBreak> {
  const { kind, family, age, amountFrom, amountTo } = query;
  const ofFamily = family === undefined ? breakKindNames : kindsOf(family);
  const { first, last } = age === undefined ? { first: null, last: null } : datesOfBucket(age, today);
  return {
    ...everyBreak(chainId), kinds: kind === undefined && family === undefined ? null : ofFamily.filter((each) => kind === undefined || kind.includes(each)),
    statuses: statusesOf(query.status), firstDate: first, lastDate: last, storeId: query.store ?? null, accountId: query.account ?? null, currency: query.currency ?? null,
    minorFrom: amountFrom === undefined ? null : BigInt(amountFrom), minorTo: amountTo === undefined ? null : BigInt(amountTo), owner: query.owner ?? null,
  };
}
