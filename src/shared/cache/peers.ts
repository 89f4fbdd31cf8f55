interface Peer {
  /** All messages up to this number came. */
  upTo: number;
  /** Those beyond it that came early: shards of a cluster deliver in no common order. */
  readonly early: Set<number>;
  /** What the beat before said; by the next one all of it must have come. */
  promised: number;
  beats: number;
}

/** A process that was not heard for so many beats of another is gone. */
const GONE_AFTER_BEATS = 120;

/** Which messages of which process came, to notice those that did not. */
export class Peers {
  private readonly peers = new Map<string, Peer>();

  /** A message came. A gap before it may still close. */
  message(node: string, number: number): void {
    const peer = this.of(node, number - 1);
    if (number <= peer.upTo) return;
    peer.early.add(number);
    while (peer.early.delete(peer.upTo + 1)) peer.upTo += 1;
  }

  /** A beat came. @returns whether a message that the beat before it told of never came */
  beat(node: string, last: number): boolean {
    const peer = this.of(node, last);
    const isLost = peer.upTo < peer.promised;
    if (isLost) {
      peer.upTo = Math.max(peer.upTo, last);
      peer.early.clear();
    }
    peer.promised = last;
    this.age(peer);
    return isLost;
  }

  /** Everything is new again, after a time of not listening. */
  forget(): void {
    this.peers.clear();
  }

  private of(node: string, upTo: number): Peer {
    const known = this.peers.get(node);
    if (known !== undefined) return known;
    const peer: Peer = { upTo, early: new Set(), promised: upTo, beats: 0 };
    this.peers.set(node, peer);
    return peer;
  }

  private age(heard: Peer): void {
    heard.beats = 0;
    for (const [node, peer] of this.peers) {
      if (peer !== heard && ++peer.beats > GONE_AFTER_BEATS) this.peers.delete(node);
    }
  }
}
