package model

import (
	"net/http"
	"strconv"
)

type object = map[string]any

// anthropic answers POST /v1/messages.
func (s *Server) anthropic(w http.ResponseWriter, q object) {
	done := count(q["messages"], "type", "tool_result")
	block, delta, stop := object{"type": "text", "text": ""}, object{"type": "text_delta", "text": Final}, "end_turn"
	full := object{"type": "text", "text": Final}
	if c := s.next(q, done); c != nil {
		id := "toolu_" + strconv.Itoa(done)
		block = object{"type": "tool_use", "id": id, "name": c.Tool, "input": object{}}
		full = object{"type": "tool_use", "id": id, "name": c.Tool, "input": c.Args}
		delta, stop = object{"type": "input_json_delta", "partial_json": marshal(c.Args)}, "tool_use"
	}
	usage := object{"input_tokens": 10, "output_tokens": 5}
	message := object{"id": "msg_" + strconv.Itoa(done), "type": "message", "role": "assistant", "model": q["model"],
		"content": []any{}, "stop_reason": nil, "stop_sequence": nil, "usage": usage}
	if q["stream"] != true {
		message["content"], message["stop_reason"] = []any{full}, stop
		reply(w, message)
		return
	}
	stream(w,
		event{"message_start", object{"type": "message_start", "message": message}},
		event{"content_block_start", object{"type": "content_block_start", "index": 0, "content_block": block}},
		event{"content_block_delta", object{"type": "content_block_delta", "index": 0, "delta": delta}},
		event{"content_block_stop", object{"type": "content_block_stop", "index": 0}},
		event{"message_delta", object{"type": "message_delta", "delta": object{"stop_reason": stop, "stop_sequence": nil}, "usage": usage}},
		event{"message_stop", object{"type": "message_stop"}},
	)
}

// gemini answers …:generateContent and its streaming twin.
func (s *Server) gemini(q object) object {
	done := 0
	contents, _ := q["contents"].([]any)
	for _, c := range contents {
		m, _ := c.(object)
		parts, _ := m["parts"].([]any)
		for _, p := range parts {
			if part, _ := p.(object); part["functionResponse"] != nil {
				done++
			}
		}
	}
	part := object{"text": Final}
	if c := s.next(q, done); c != nil {
		part = object{"functionCall": object{"name": c.Tool, "args": c.Args}}
	}
	return object{
		"candidates": []any{object{"index": 0, "finishReason": "STOP",
			"content": object{"role": "model", "parts": []any{part}}}},
		"usageMetadata": object{"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15},
		"modelVersion":  "stand-in",
	}
}
