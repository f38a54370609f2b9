import { mapping } from '../../base/value.js';
import type { FactGroup } from './group.js';

/** The host's clock, in its own time zone. */
export const dateTime: FactGroup = {
  names: ['date_time'],
  text: "date '+%s %N %Y %m %d %H %M %S %Z %z %A %w %W'",
  parse: ({ text }) => {
    const [epoch = '', nano = '', year, month, day, hour, minute, second, tz, offset, weekday, number, week] = text
      .trim()
      .split(' ');
    const utc = new Date(Number(epoch) * 1000).toISOString().slice(0, 19);
    const micro = nano.slice(0, 6);
    return mapping({
      date_time: mapping({
        date: `${year}-${month}-${day}`,
        time: `${hour}:${minute}:${second}`,
        year,
        month,
        day,
        hour,
        minute,
        second,
        weekday,
        weekday_number: number,
        weeknumber: week,
        epoch,
        epoch_int: epoch,
        iso8601: `${utc}Z`,
        iso8601_micro: `${utc}.${micro}Z`,
        iso8601_basic: `${year}${month}${day}T${hour}${minute}${second}${micro}`,
        iso8601_basic_short: `${year}${month}${day}T${hour}${minute}${second}`,
        tz,
        tz_offset: offset,
      }),
    });
  },
};
