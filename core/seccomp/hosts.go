package seccomp

import "slices"

// hostRules allow only the sockets that a supervisor connects: TCP, and datagram sockets in
// the network namespace of the sandbox. Landlock refuses connect(2) by the command itself,
// but does not check a connection that sendmsg(2) makes (MSG_FASTOPEN).
func hostRules() []Rule {
	return slices.Concat([]Rule{
		{Socket, eperm, []Test{IsNot(0, afUnix, afInet, afInet6)}},
		{Socket, eperm, []Test{Is(0, afInet, afInet6), IsNot(1, sockStream, sockDgram).Masked(sockTypeMask)}},
		{Socket, eperm, []Test{Is(0, afInet, afInet6), Is(1, sockStream).Masked(sockTypeMask), IsNot(2, 0, protoTCP)}},
		{Socket, eperm, []Test{Is(0, afInet, afInet6), Is(1, sockDgram).Masked(sockTypeMask), IsNot(2, 0, protoUDP)}},
		{Sendto, eperm, []Test{Has(3, msgFastOpen)}},
		{Sendmsg, eperm, []Test{Has(2, msgFastOpen)}},
		{Sendmmsg, eperm, []Test{Has(3, msgFastOpen)}},
	}, namespaceRules())
}

// namespaceRules refuse operations that need CAP_NET_ADMIN in the network namespace of a
// socket. The namespace of the supervisor belongs to its user, and the command has the same
// user, so the command has every capability in it (user_namespaces(7)). Through a socket of
// the namespace, it could load packet filters, make bridges and tunnels, or get a descriptor
// of the namespace. Nothing leads out of the namespace, but without one a user never reaches
// these parts of the kernel. A filter does not know the socket, so the numbers are refused
// on every socket.
func namespaceRules() []Rule {
	return []Rule{
		// Packet filters and IPVS (netfilter_ipv4/ip_tables.h, netfilter_arp, netfilter_bridge,
		// ip_vs.h), multicast routing (mroute.h): all of IP's options from 64 on.
		{Setsockopt, eperm, []Test{Is(1, levelIP), Has(2, ^uint32(63))}},
		{Getsockopt, eperm, []Test{Is(1, levelIP), Has(2, ^uint32(63))}},
		{Setsockopt, eperm, []Test{Is(1, levelIP), Is(2, ipSecPolicy, ipXfrmPolicy, ipTransparent)}},
		{Setsockopt, eperm, []Test{Is(1, levelIPv6), Has(2, ^uint32(127))}},
		{Getsockopt, eperm, []Test{Is(1, levelIPv6), Has(2, ^uint32(127))}},
		{Setsockopt, eperm, []Test{Is(1, levelIPv6), Is(2, ip6SecPolicy, ip6XfrmPolicy, ip6Transparent, ip6tReplace, ip6tCounters)}},
		{Getsockopt, eperm, []Test{Is(1, levelIPv6), Is(2, ip6tReplace, ip6tCounters, ip6tMatch, ip6tTarget, ip6tOriginal)}},
		{Setsockopt, eperm, []Test{Is(1, protoTCP), Is(2, tcpRepair)}},
		// Addresses, routes, bridges, tunnels, the namespace: only ioctls that read are
		// allowed.
		{Ioctl, eperm, []Test{Is(1, socketType).Masked(0xff00), IsNot(1, socketIoctls...)}},
		{Ioctl, eperm, []Test{Is(1, wirelessType).Masked(0xff00)}},
	}
}

const (
	// linux/in.h, linux/in6.h, linux/tcp.h
	ipSecPolicy, ipXfrmPolicy, ipTransparent    = 16, 17, 19
	ip6SecPolicy, ip6XfrmPolicy, ip6Transparent = 34, 35, 75
	tcpRepair                                   = 19
	// linux/netfilter_ipv6/ip6_tables.h: each number is an option to set and one to get.
	ip6tReplace, ip6tCounters, ip6tMatch, ip6tTarget, ip6tOriginal = 64, 65, 68, 69, 80

	socketType   = 0x8900 // linux/sockios.h
	wirelessType = 0x8b00 // linux/wireless.h
)

// socketIoctls ask (linux/sockios.h, asm-generic/sockios.h). SIOCETHTOOL is none of them: it
// asks and sets.
var socketIoctls = []uint32{
	0x8903, 0x8904, 0x8905, // FIOGETOWN, SIOCGPGRP, SIOCATMARK
	0x8906, 0x8907, 0x80108906, 0x80108907, // SIOCGSTAMP, SIOCGSTAMPNS
	0x8910, 0x8912, 0x8913, 0x8915, 0x8917, // SIOCGIFNAME, _CONF, _FLAGS, _ADDR, _DSTADDR
	0x8919, 0x891b, 0x891d, 0x8921, 0x8927, // SIOCGIFBRDADDR, _NETMASK, _METRIC, _MTU, _HWADDR
	0x8933, 0x8935, 0x8942, 0x8970, // SIOCGIFINDEX, _PFLAGS, _TXQLEN, _MAP
	0x894b, // SIOCOUTQNSD
}
