package model

import (
	"net/http"
	"strconv"
)

// completions answers POST /v1/chat/completions.
func (s *Server) completions(w http.ResponseWriter, q object) {
	done := count(q["messages"], "role", "tool")
	message, finish := object{"role": "assistant", "content": Final}, "stop"
	if c := s.next(q, done); c != nil {
		call := object{"index": 0, "id": "call_" + strconv.Itoa(done), "type": "function",
			"function": object{"name": c.Tool, "arguments": marshal(c.Args)}}
		message, finish = object{"role": "assistant", "content": nil, "tool_calls": []any{call}}, "tool_calls"
	}
	head := object{"id": "chatcmpl-" + strconv.Itoa(done), "created": 1, "model": q["model"]}
	chunk := func(object_ string, choice object, more object) object {
		out := object{"object": object_, "choices": []any{choice}}
		for _, m := range []object{head, more} {
			for k, v := range m {
				out[k] = v
			}
		}
		return out
	}
	usage := object{"usage": object{"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}
	if q["stream"] != true {
		reply(w, chunk("chat.completion", object{"index": 0, "message": message, "finish_reason": finish}, usage))
		return
	}
	stream(w,
		event{"", chunk("chat.completion.chunk", object{"index": 0, "delta": message, "finish_reason": nil}, nil)},
		event{"", chunk("chat.completion.chunk", object{"index": 0, "delta": object{}, "finish_reason": finish}, usage)},
		event{"", "[DONE]"},
	)
}

// responses answers POST /v1/responses.
func (s *Server) responses(w http.ResponseWriter, q object) {
	done := count(q["input"], "type", "function_call_output") + count(q["input"], "type", "custom_tool_call_output")
	id := strconv.Itoa(done)
	item := object{"type": "message", "id": "msg_" + id, "role": "assistant", "status": "completed",
		"content": []any{object{"type": "output_text", "text": Final, "annotations": []any{}}}}
	if c := s.next(q, done); c != nil {
		item = object{"type": "function_call", "id": "fc_" + id, "call_id": "call_" + id, "name": c.Tool,
			"arguments": marshal(c.Args), "status": "completed"}
		if c.in != "" {
			item["namespace"] = c.in
		}
	}
	response := object{"id": "resp_" + id, "object": "response", "created_at": 1, "model": q["model"], "status": "in_progress", "output": []any{}}
	completed := object{"id": "resp_" + id, "object": "response", "created_at": 1, "model": q["model"], "status": "completed",
		"output": []any{item}, "usage": object{"input_tokens": 10, "output_tokens": 5, "total_tokens": 15,
			"input_tokens_details": object{"cached_tokens": 0}, "output_tokens_details": object{"reasoning_tokens": 0}}}
	if q["stream"] != true {
		reply(w, completed)
		return
	}
	events := []event{{"response.created", object{"type": "response.created", "sequence_number": 0, "response": response}}}
	add := func(kind string, more object) {
		more["type"], more["sequence_number"] = kind, len(events)
		events = append(events, event{kind, more})
	}
	add("response.output_item.added", object{"output_index": 0, "item": item})
	if item["type"] == "message" {
		add("response.output_text.delta", object{"output_index": 0, "content_index": 0, "item_id": item["id"], "delta": Final})
	} else {
		add("response.function_call_arguments.done", object{"output_index": 0, "item_id": item["id"], "arguments": item["arguments"]})
	}
	add("response.output_item.done", object{"output_index": 0, "item": item})
	add("response.completed", object{"response": completed})
	stream(w, events...)
}
