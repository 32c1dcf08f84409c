package view

// Map is who is connected to whom: a drawing, and the same as a list.
type Map struct {
	Width, Height int
	Nodes         []MapNode
	Edges         []MapEdge
	Tree          []MapItem
	Text          string // what it rests on
	Empty         *Empty
	Label         string
}

// MapNode is a box of the drawing. X and Y are its upper left corner.
type MapNode struct {
	X, Y, W, H int
	Name, Sub  string // clipped to the box
	Title      string // the whole name and the state, for the pointer and the screen reader
	Href       string
	State      string // "" for the site
}

// MapEdge is a line from the right of one box to the left of another.
type MapEdge struct{ X1, Y1, X2, Y2, Mid int }

// MapItem is a device of the list with those behind it.
type MapItem struct {
	Name, Href, State, Kind, Icon string
	How                           string // "port 12, LLDP"
	Behind                        []MapItem
}
