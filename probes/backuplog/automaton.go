package backuplog

// automaton finds many fixed texts at once, whatever their case (Aho and Corasick, 1975). Its table has a column per class of
// bytes, and the states that mean a find come last, so that a byte of an uninteresting line costs two loads and a comparison.
type automaton struct {
	class [256]uint8
	shift uint
	next  []uint16
	first uint16    // states from here on mean a find
	out   [][]int32 // of state first+i: numbers of the texts
}

type node struct {
	kids map[uint8]int
	fail int
	out  []int32
}

// newAutomaton takes texts in lower case; the number of a text is its place.
func newAutomaton(texts []string) *automaton {
	a := &automaton{}
	classes := a.classify(texts)
	for a.shift = 5; 1<<a.shift < classes; a.shift++ {
	}
	nodes := []node{{kids: map[uint8]int{}}}
	for n, text := range texts {
		at := 0
		for i := range len(text) {
			c := a.class[text[i]]
			to, ok := nodes[at].kids[c]
			if !ok {
				to = len(nodes)
				nodes = append(nodes, node{kids: map[uint8]int{}})
				nodes[at].kids[c] = to
			}
			at = to
		}
		nodes[at].out = append(nodes[at].out, int32(n))
	}
	table := flatten(nodes, classes)
	a.order(nodes, table, classes)
	return a
}

func (a *automaton) classify(texts []string) int {
	n := 1 // class 0 is every other byte
	for _, t := range texts {
		for i := range len(t) {
			c := t[i]
			if a.class[c] != 0 {
				continue
			}
			a.class[c] = uint8(n)
			if letter(c) {
				a.class[c&^0x20], a.class[c|0x20] = uint8(n), uint8(n)
			}
			n++
		}
	}
	return n
}

// flatten fills in where each state goes with each class, breadth first.
func flatten(nodes []node, classes int) [][]int {
	table := make([][]int, len(nodes))
	queue := []int{0}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		table[at] = make([]int, classes)
		f := nodes[at].fail
		for c := range classes {
			to, ok := nodes[at].kids[uint8(c)]
			switch {
			case !ok && at == 0:
				to = 0
			case !ok:
				to = table[f][c]
			default:
				if at != 0 {
					nodes[to].fail = table[f][c]
				}
				nodes[to].out = append(nodes[to].out, nodes[nodes[to].fail].out...)
				queue = append(queue, to)
			}
			table[at][c] = to
		}
	}
	return table
}

// order numbers the states anew: finds last.
func (a *automaton) order(nodes []node, table [][]int, classes int) {
	number := make([]uint16, len(nodes))
	n := 0
	for i := range nodes {
		if len(nodes[i].out) == 0 {
			number[i] = uint16(n)
			n++
		}
	}
	a.first = uint16(n)
	for i := range nodes {
		if len(nodes[i].out) > 0 {
			number[i] = uint16(n)
			n++
			a.out = append(a.out, nodes[i].out)
		}
	}
	a.next = make([]uint16, n<<a.shift)
	for i := range nodes {
		for c := range classes {
			a.next[int(number[i])<<a.shift|c] = number[table[i][c]]
		}
	}
}

// find goes on in text until it finds something and gives the state and the place behind the find; place len(text) and a state
// below first mean there was nothing.
func (a *automaton) find(text []byte, state uint16) (uint16, int) {
	next, first, shift := a.next, a.first, a.shift
	for i, b := range text {
		state = next[uint32(state)<<shift|uint32(a.class[b])]
		if state >= first {
			return state, i + 1
		}
	}
	return state, len(text)
}

// texts are the numbers of what a state has found.
func (a *automaton) texts(state uint16) []int32 { return a.out[state-a.first] }
