// Package genericcache is a cache of any key and value; the broken lookup fills the map under the read lock.
package genericcache

import "sync"

// Cache maps keys to values and makes the missing ones.
type Cache[K comparable, V any] struct {
	*sync.RWMutex
	make   func(K) V
	values map[K]V
}

// New returns an empty cache.
func New[K comparable, V any](make func(K) V) *Cache[K, V] {
	return &Cache[K, V]{RWMutex: new(sync.RWMutex), make: make, values: map[K]V{}}
}

// GetLoose writes to the map while other readers may hold the same read lock.
func (c *Cache[K, V]) GetLoose(k K) V {
	c.RLock()
	defer c.RUnlock()
	v, ok := c.values[k]
	if !ok {
		v = c.make(k)
		c.values[k] = v
	}
	return v
}

// Get writes under the write lock and looks again there.
func (c *Cache[K, V]) Get(k K) V {
	c.RLock()
	v, ok := c.values[k]
	c.RUnlock()
	if ok {
		return v
	}
	c.Lock()
	defer c.Unlock()
	if v, ok := c.values[k]; ok {
		return v
	}
	v = c.make(k)
	c.values[k] = v
	return v
}
