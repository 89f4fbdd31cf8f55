/** Rules about devices and measurements. */
import type { LexiconRule } from './lexicon.types.js';

export const DEVICE_RULES: readonly LexiconRule[] = [
  {
    id: 'READING-1',
    words: /\b(?:readings?|measurements?|telemetry|samples?)\b/iu,
    opens: [],
    meaning: 'measurements: append only, one per device and time',
  },
  {
    id: 'MQTT-1',
    words: /\b(?:MQTT|AMQP|LoRa(?:WAN)?|CoAP|Modbus|OPC ?UA|Zigbee)\b/iu,
    opens: ['queue-jobs'],
    meaning: 'a device protocol: at least once, per-device identity',
  },
  {
    id: 'BUFFER-1',
    words: /\b(?:buffer(?:s|ed|ing)?|store[- ]and[- ]forward|offline (?:mode|use)|works? offline)\b/iu,
    opens: [],
    meaning: 'old data arrives late and in bulk',
  },
  {
    id: 'FIRMWARE-1',
    words: /\b(?:firmware|over[- ]the[- ]air|OTA)\b/iu,
    opens: ['file-storage'],
    meaning: 'the service changes devices: in steps, and back',
  },
  {
    id: 'COMMAND-1',
    words: /\b(?:remote(?:ly)? (?:control|switch|lock|command)|commands? (?:to|are)|actuators?|set ?points?)\b/iu,
    opens: ['authorization'],
    meaning: 'the service acts on the world',
  },
  {
    id: 'THRESHOLD-1',
    words:
      /\b(?:above|below|exceeds?|outside|over|under|crosses) (?:its|the|a|their) (?:upper |lower |set )?(?:limits?|thresholds?|range)\b/iu,
    opens: [],
    meaning: 'a rule over values and time: needs hysteresis',
  },
  {
    id: 'CLOCK-1',
    words: /\b(?:device clocks?|clock drift|timestamps?|NTP)\b/iu,
    opens: [],
    meaning: 'whose clock is believed',
  },
  {
    id: 'BATTERY-1',
    words: /\b(?:batter(?:y|ies)|low power|power budget)\b/iu,
    opens: [],
    meaning: 'every message costs life time',
  },
  {
    id: 'PROVISION-1',
    words: /\b(?:provision(?:ed|ing)?|onboard(?:ed|ing)?|pairing|device certificates?)\b/iu,
    opens: ['secrets-config'],
    meaning: 'how a device becomes known, and stops being it',
  },
];
