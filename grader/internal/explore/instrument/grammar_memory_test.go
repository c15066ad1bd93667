package instrument

var memoryRules = map[string][]string{
	"statement": {
		"«L»«?++|--»", "«L»«?++|--»", "«L» = «E»", "«L» = «E»", "«L» «?+|-|*|^|&^»= «E»", "«L» |= «E»", "«L» «?+|-|*|^|&^|%»= 7", "«L» <<= 2\n«L» >>= uint(1)",
		"«L», «L» = «E», «E»", "x, y = y, x", "s[0], s[1] = s[1],«n» s[0]", "b.n, p.n = p.n, <-«C»",
		"«L» = p.n + 1", "«L» = twice(b.n)", "x = twice(x)", "p.n = idx(p.n)", "m[\"a\"] = sum(m[\"a\"],\n<-«C»)", "«L» *= 2 + x", "x -= y - 2\np.n -= x - 2\no.say(p.n)", "p.n *= p.n + 1\nb.n &= b.n | 4\no.say(p.n)", "p.\nn++", "p.\nnext.\nn += «E»", "s[\n1]++", "m[\"a\"] += <-«C»",
		"p.u = 1 << (p.n & 7)\no.say(p.u)", "p.u = ^(1 << (b.n & 3))\no.say(p.u)", "p.u |= 1 << (p.n & 7)\no.say(p.u)", "p.k = 1<<(p.n&7) + 1\no.say(p.k)", "p.w = float64(p.n) * 1.5\np.w++\no.say(p.w)",
		"p.b = p.n == 3\no.say(p.b)", "p.b = !(p.n > x) && p.next.n != 2\no.say(p.b)", "p.b = p.b || p.n < 2\no.say(p.b)", "p.b = (p.n == b.n)\nfl = p.b\no.say(fl)", "ok = p.n == 3\nok = ok && p.b == true\no.say(ok)",
		"p.a = p.n == 3\no.say(p.a)\np.a = 1 << (p.n & 3)\no.say(p.a)\np.a = p.a\np.a = nil\np.a = p", "p.s += «T»\np.s = p.s[:1] + \"z\"\np.s = string(p.s[0])\no.say(p.s)", "p.f = p.next.f\np.f = twice\np.f = func(n int) int {\nreturn n + x\n}\no.say(p.f(1))",
		"p.f = nil\np.f = taker(twice)\nb.f = p.f\no.say(b.f(3))", "p.c = nil\np.c = open(1)\np.c = (p.c)\nb.c = p.c\no.say(<-b.c)", "{\nvar r source\nvar q = &r\n*q = p.c\n*q = b.c\no.say(r == nil)\n}",
		"p.next.next = &box{n: p.n}\n*p.next.next = *p.next\np.next.next = nil", "p.in = struct{ n int }{p.n + 1}\no.say(p.in)", "*ip += *ip\n*ip = *ip * 2\n(*ip)++", "{\nip := &ip\n**ip += 3\n(**ip)--\n}",
		"b = *p\nb = box{\nn: p.n,\nnext: p.next, f: p.f,\n}", "arr = [3]int{p.n, arr[0]}\narr[idx(<-«C»)]++", "s = append(s, p.n)\ns = s[:3]\ns = s", "copy(s, []int{p.n})",
		"{\nq := map[string]*box{\"a\": {n: 1}}\nq[\"a\"].n++\nq[\"a\"].in.n += «E»\nq[\"b\"] = q[\"a\"]\ndelete(q, \"a\")\no.say(q[\"b\"].n, len(q))\n}",
		"{\nq := map[string]point{\"a\": {1, 2}}\nq[\"b\"] = q[\"a\"]\nv, ok := q[\"c\"]\nv.x++\n_, ok = q[key(«E»)]\no.say(v, ok)\n}",
		"{\nq := map[string][]int{}\nq[«T»] = append(q[\"a\"], p.n)\nq[\"a\"] = append(q[\"a\"], «E»)\nq[\"a\"][0]++\no.say(q[\"a\"][0])\n}",
		"{\nvar n uint8 = 255\nq := &n\nn++\n*q -= 2\nn <<= 1\nn ^= 3\no.say(n)\n}",
		"{\nvar c complex128 = 1\nq := &c\n*q += 2i\n*q++\no.say(real(c))\n}",
		"{\nn, w := 1, 2.5\no.say(addTo(&n, «E»), addTo(&w, 1))\n}",
		"{\nn := 1\nadd := func() { n += «V»; n++; n = n * 2 }\nadd()\nadd()\no.say(n)\n}",
		"{\nvar e error\nset := func() { e = fmt.Errorf(\"e %w\", «errors»New(«T»)); e = e }\nset()\no.say(e)\n}",
		"z0 += x\nz0++\nq0[«T»]++\nq0[«T»] = q0[\"a\"] + z0\no.say(len(q0) > 0)", "if x++; x > «E» {\nx--\n}", "if p.n += 2; p.n > «E» {\n«S»\n} else {\np.n = p.n - 1\n}", "switch p.n++; p.n {\ncase 1:\n}",
		"func() { defer func() { x += 1 }(); b.n++ }()", "_ = p.n\n_, _ = p.n, <-«C»", "p.n, ok = m[\"a\"]\nvar _, _ = m[\"q\"]", "p.n, _ = two(p.n)\np.n, p.a = two(«E»)", "p.n, ok = p.a.(int)",
		"(&b).n++\n(*p.next).n += 1", "p.n = func() int {\n«X»\nreturn «E»\n}()", "p.next.n, p.next = 5, &box{n: 6}", "s[idx(x)], x = x, 1", "p.n = p.get(o, p.n)\np.n = box.get(*p, o, 1)", "p.n = len(s) + cap(s[:2]) + len(p.s)",
		"{\nvar q [2]struct{ n []int }\nr := &q\nr[1].n = append(r[1].n, 1)\nr[1].n[0]++\nq[1].n[0] += «E»\no.say(q[1].n)\n}",
		"/* a */ x /* b */ ++ /* c */ // d", "p.n /* a */ += /* b */ p.n // c\n", "{ x++; y++; b.n += 1; o.say(x) }", "{\n\n\nx++ ; y = x\n\n}", "{;;x++;;}",
	},
}
