/** Where deliveries may go. Left out, only `https` to public addresses. */
export interface EgressOptions {
  /**
   * CIDR ranges that are reachable although the policy denies them, for example `127.0.0.1/32` in
   * development.
   * @default []
   */
  readonly allow?: readonly string[];
  /**
   * CIDR ranges that are refused on top of the built-in ones. Wins over `allow`.
   * @default []
   */
  readonly deny?: readonly string[];
  /**
   * Also allow `http:` URLs.
   * @default false
   */
  readonly http?: boolean;
  /**
   * The only ports allowed; left out, every port but those that browsers block.
   * @default undefined
   */
  readonly ports?: readonly number[];
  /**
   * How IPv6 addresses of a NAT64 network (`64:ff9b::/96`, RFC 6052) are judged: refused, or by the
   * IPv4 address inside.
   * @default 'deny'
   */
  readonly nat64?: 'deny' | 'unwrap';
}
