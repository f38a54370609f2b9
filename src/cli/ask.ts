import { StringDecoder } from 'node:string_decoder';
import { InputError } from '../base/error.js';

const ENTER = /^[\r\n]$/;
const ERASE = /^[\x7f\b]$/;

/**
 * Asks a question on the terminal, on standard error so that a piped output stays clean. Without `echo`
 * nothing of the answer is shown. After `seconds` the answer is what was typed until then.
 * Ctrl-C is told as SIGINT, as if the terminal had not been in raw mode. Throws InputError without a terminal.
 */
export function askTerminal(prompt: string, { echo, seconds }: { echo: boolean; seconds?: number }): Promise<string> {
  const input = process.stdin;
  if (!input.isTTY) throw new InputError({ message: `cannot ask "${prompt.trim()}": standard input is no terminal` });
  process.stderr.write(prompt);
  return new Promise((resolve) => {
    const decoder = new StringDecoder('utf8');
    let typed: string[] = [];
    const end = (): void => {
      clearTimeout(timer);
      input.off('data', heard);
      input.setRawMode(false);
      input.pause();
      process.stderr.write('\n');
      resolve(typed.join(''));
    };
    const key = (char: string): void => {
      if (ENTER.test(char) || (char === '\x04' && typed.length === 0)) end();
      else if (char === '\x03') {
        typed = [];
        end();
        process.kill(process.pid, 'SIGINT');
      } else if (ERASE.test(char)) {
        if (typed.pop() !== undefined && echo) process.stderr.write('\b \b');
      } else if (char === '\x15') {
        if (echo) process.stderr.write('\b \b'.repeat(typed.length));
        typed = [];
      } else if (char >= ' ') {
        typed.push(char);
        if (echo) process.stderr.write(char);
      }
    };
    const heard = (bytes: Buffer): void => {
      // A pasted line may hold more than the answer: what comes after it is not ours.
      for (const char of decoder.write(bytes)) {
        key(char);
        if (input.listeners('data').indexOf(heard) < 0) return;
      }
    };
    const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
    input.setRawMode(true);
    input.on('data', heard);
    input.resume();
  });
}
