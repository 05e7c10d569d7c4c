/** Two signals closer together than this are one press of Ctrl-C: the terminal and npm both deliver it. */
const ONE_PRESS_MS = 400;

/** What to do when asked to stop once, again, and a third time. The death of whoever started us counts as being asked. */
export function onStopSignal({ first, again, last }: { first: () => void; again: () => void; last: () => void }): void {
  let presses = 0;
  let pressedAtMs = 0;
  const press = (): void => {
    const nowMs = performance.now();
    if (presses > 0 && nowMs - pressedAtMs < ONE_PRESS_MS) return;
    presses += 1;
    pressedAtMs = nowMs;
    (presses === 1 ? first : presses === 2 ? again : last)();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, press);
  process.once('disconnect', () => {
    if (presses === 0) press();
  });
}
