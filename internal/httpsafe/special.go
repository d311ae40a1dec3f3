package httpsafe

import "net/netip"

// special says whether ip is one of those that a stranger's address must never lead to: everything that the IANA
// registries of special-purpose addresses (RFC 6890 and its successors) do not call globally reachable, and the places
// where clouds keep their metadata. An IPv4 address inside an IPv6 one is judged as what it is.
func special(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if nat64.Contains(ip) {
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !ip.IsValid() {
		return true
	}
	if ip.Is6() && !globalUnicast6.Contains(ip) {
		// Loopback, unspecified, link-local, unique local (with the metadata address fd00:ec2::254), multicast,
		// IPv4-compatible, the local NAT64 prefix 64:ff9b:1::/48, and all that is not given out yet.
		return true
	}
	for _, p := range reserved {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

//nolint:gochecknoglobals // tables that are never written
var (
	nat64          = netip.MustParsePrefix("64:ff9b::/96")
	globalUnicast6 = netip.MustParsePrefix("2000::/3")

	reserved = []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/8"),        // this network; Linux takes 0.0.0.0 for itself
		netip.MustParsePrefix("10.0.0.0/8"),       // private
		netip.MustParsePrefix("100.64.0.0/10"),    // shared by carriers; Alibaba's metadata 100.100.100.200
		netip.MustParsePrefix("127.0.0.0/8"),      // loopback
		netip.MustParsePrefix("168.63.129.16/32"), // Azure's platform address, public only in its looks
		netip.MustParsePrefix("169.254.0.0/16"),   // link-local; metadata 169.254.169.254
		netip.MustParsePrefix("172.16.0.0/12"),    // private
		netip.MustParsePrefix("192.0.0.0/24"),     // protocol assignments; Oracle's metadata 192.0.0.192
		netip.MustParsePrefix("192.0.2.0/24"),     // documentation
		netip.MustParsePrefix("192.88.99.0/24"),   // the old 6to4 relays
		netip.MustParsePrefix("192.168.0.0/16"),   // private
		netip.MustParsePrefix("198.18.0.0/15"),    // benchmarks
		netip.MustParsePrefix("198.51.100.0/24"),  // documentation
		netip.MustParsePrefix("203.0.113.0/24"),   // documentation
		netip.MustParsePrefix("224.0.0.0/4"),      // multicast
		netip.MustParsePrefix("240.0.0.0/4"),      // reserved, and broadcast

		netip.MustParsePrefix("2001::/23"),     // protocol assignments, Teredo among them
		netip.MustParsePrefix("2001:db8::/32"), // documentation
		netip.MustParsePrefix("2002::/16"),     // 6to4: an IPv4 address in disguise
		netip.MustParsePrefix("3fff::/20"),     // documentation
	}
)
