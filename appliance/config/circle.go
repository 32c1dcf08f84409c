package config

import (
	"slices"
	"strings"
)

// circle finds names that lead back to themselves, in any case of letters; the first is named at the end again. Nil when there is none.
func circle(links map[string][]string) []string {
	folded := make(map[string][]string, len(links))
	shown := make(map[string]string, len(links))
	names := make([]string, 0, len(links))
	for name, to := range links {
		key := strings.ToLower(name)
		folded[key], shown[key] = to, name
		names = append(names, key)
	}
	slices.Sort(names)
	done := map[string]bool{}
	for _, name := range names {
		if chain := follow(name, folded, done, nil); chain != nil {
			for i, key := range chain {
				chain[i] = shown[key]
			}
			return chain
		}
	}
	return nil
}

// follow goes depth first; done are names from which no circle can be reached. Its depth is bounded by the number of names, which
// the size of a file and of a site bounds.
func follow(name string, links map[string][]string, done map[string]bool, path []string) []string {
	if i := slices.Index(path, name); i >= 0 {
		return append(slices.Clone(path[i:]), name)
	}
	if done[name] {
		return nil
	}
	path = append(path, name)
	for _, to := range links[name] {
		if chain := follow(strings.ToLower(to), links, done, path); chain != nil {
			return chain
		}
	}
	done[name] = true
	return nil
}
