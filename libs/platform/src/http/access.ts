import { createHash } from 'node:crypto';
import { type CanActivate, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Scope } from '@scantill/contracts';
import type { FastifyRequest } from 'fastify';
import type { ApiKey, Directory } from '../directory/directory.js';
import { ProblemException } from './problem.js';

const NEEDS = 'scantill:needs-scope';

/** The scopes of which a route needs one; without any the guard refuses the route altogether. */
export const Needs = (...scopes: readonly Scope[] | readonly ['nothing']) => SetMetadata(NEEDS, scopes);

interface Authenticated extends FastifyRequest {
  caller?: ApiKey;
}

/** Who calls, as the directory knows the key. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): ApiKey => context.switchToHttp().getRequest<Authenticated>().caller!);

const KEY_CHARS_MAX = 256;

/**
 * Finds the key behind `Authorization: Bearer`. It is looked up by the SHA-256 of 256 random bits, so that no comparison tells an
 * attacker how close a guess was.
 */
export function authenticate(directory: Directory, authorization: string | undefined, ...scopes: readonly Scope[]): ApiKey {
  if (authorization === undefined || !authorization.startsWith('Bearer ')) throw new ProblemException('auth.missing');
  const text = authorization.slice('Bearer '.length);
  const key = text.length > KEY_CHARS_MAX ? undefined : directory.apiKey(createHash('sha256').update(text).digest('hex'));
  if (key === undefined) throw new ProblemException('auth.unknown-key');
  if (!scopes.some((scope) => key.scopes.includes(scope))) throw new ProblemException('auth.forbidden', `the scope ${scopes.join(' or ')} is needed`);
  return key;
}

export class AccessGuard implements CanActivate {
  constructor(private readonly directory: Directory, private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const scopes = this.reflector.getAllAndOverride<readonly Scope[] | readonly ['nothing'] | undefined>(NEEDS, [context.getHandler(), context.getClass()]);
    if (scopes === undefined) throw new ProblemException('auth.forbidden', 'this address is not open to anybody');
    if (isOpen(scopes)) return true;
    const request = context.switchToHttp().getRequest<Authenticated>();
    request.caller = authenticate(this.directory, request.headers.authorization, ...scopes);
    return true;
  }
}

function isOpen(scopes: readonly Scope[] | readonly ['nothing']): scopes is readonly ['nothing'] {
  return scopes[0] === 'nothing';
}
