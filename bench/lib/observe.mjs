import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Bytes of memory a process holds now and held at most; the kernel counts the most itself on Linux. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const line = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
    return { now: line('VmRSS'), most: line('VmHWM') };
  } catch {
    const kilobytes = Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());
    return { now: kilobytes * 1024, most: kilobytes * 1024 };
  }
}

/** Samples a process every 100 ms. @returns stop(), which gives the most bytes it held */
export function watchMemory(pid) {
  let most = 0;
  const look = () => (most = Math.max(most, memoryOf(pid).now, memoryOf(pid).most));
  const timer = setInterval(look, 100).unref();
  look();
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}

/** All events of a session that is over: `{ id, event }` in the order they came. */
export async function eventsOf(service, path) {
  const text = await (await service.call('GET', `${path}/events`, { headers: { accept: 'text/event-stream' } })).text();
  return text.split('\n\n').flatMap((block) => {
    const id = /^id: (\d+)$/m.exec(block)?.[1];
    return id === undefined ? [] : [{ id: Number(id), event: /^event: (.*)$/m.exec(block)?.[1] }];
  });
}

/** What is wrong with how a session ended; empty when it completed exactly once and left no gap in its events. */
export async function mistakesOf(service, path) {
  const session = await (await service.call('GET', path)).json();
  const versions = await (await service.call('GET', `${path}/document/versions`)).json();
  const events = await eventsOf(service, path);
  const ends = events.filter(({ event }) => /^session\.completed/.test(event)).length;
  return [
    /^completed/.test(session.status) ? [] : [`status ${session.status}`],
    versions.items?.length === 1 ? [] : [`${versions.items?.length} document versions`],
    ends === 1 ? [] : [`${ends} session.completed events`],
    events.every(({ id }, index) => id === index + 1) ? [] : ['events with a gap'],
  ].flat();
}
