package request

import (
	"net/netip"
	"strconv"
	"strings"
)

// readTarget finds out what the request asks for (RFC 9112, 3.2). Where the target and the
// field Host both say it, they agree.
func (h *Head) readTarget(target string) error {
	value, has, err := h.one("host")
	if err != nil {
		return err
	}
	var host string
	var port uint16
	if has {
		if host, port, err = authority(value); err != nil {
			return err
		}
	}
	switch {
	case h.Method == "CONNECT":
		h.Host, h.Port, err = authority(target)
		if err == nil && h.Port == 0 {
			err = Error("CONNECT names no port")
		}
		port = orElse(port, h.Port)
	case target[0] == '/' || target == "*" && h.Method == "OPTIONS":
		h.Host, h.Port = host, port
	default:
		rest, ok := cutScheme(target, "http://")
		if !ok {
			return Error("the target is neither a path nor a URL of http")
		}
		h.Absolute = true
		if end := strings.IndexAny(rest, "/?"); end >= 0 {
			rest = rest[:end]
		}
		h.Host, h.Port, err = authority(rest)
	}
	if err != nil {
		return err
	}
	if has && (h.Host != host || orElse(h.Port, 80) != orElse(port, 80)) {
		return Error("the target and the field host name two hosts")
	}
	return nil
}

func orElse(port, other uint16) uint16 {
	if port == 0 {
		return other
	}
	return port
}

func cutScheme(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || Lower(text[:len(prefix)]) != prefix {
		return "", false
	}
	return text[len(prefix):], true
}

// authority reads a name or an address with or without a port.
func authority(text string) (host string, port uint16, err error) {
	const none = Error("the host is no name and no address")
	host, digits, has := text, "", false
	if inner, rest, ok := strings.Cut(text, "]"); ok && text[0] == '[' {
		addr, err := netip.ParseAddr(inner[1:])
		if err != nil || !addr.Is6() || addr.Zone() != "" {
			return "", 0, none
		}
		host = addr.String()
		if digits, has = strings.CutPrefix(rest, ":"); !has && rest != "" {
			return "", 0, none
		}
	} else {
		host, digits, has = strings.Cut(text, ":")
		host = strings.TrimSuffix(Lower(host), ".")
		if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-._") != "" {
			return "", 0, none
		}
		// What ends in a number some take for an address, each in its own way.
		if last := host[strings.LastIndexByte(host, '.')+1:]; last != "" && last[0] >= '0' && last[0] <= '9' {
			if addr, err := netip.ParseAddr(host); (strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x")) && (err != nil || !addr.Is4()) {
				return "", 0, none
			}
		}
	}
	if has {
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || n == 0 || strconv.FormatUint(n, 10) != digits {
			return "", 0, Error("the port of the host is no number")
		}
		port = uint16(n)
	}
	return host, port, nil
}
